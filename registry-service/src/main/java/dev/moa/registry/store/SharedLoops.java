package dev.moa.registry.store;

import dev.moa.protocol.io.IoThreads;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Lets the connections to Redis live on the event loops of the moa port: what comes from a caller goes on to Redis, and
 * back, without a thread being woken for it. So nothing on those loops may wait for an answer of Redis.
 */
final class SharedLoops implements EventLoopGroupProvider {
    private static final ImmediateEventExecutor AT_ONCE = ImmediateEventExecutor.INSTANCE;

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // no caller wants more than an EventLoopGroup
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return (T) IoThreads.group();
    }

    @Override
    public int threadPoolSize() {
        return 1;
    }

    /** The loops live as long as the process. */
    @Override
    public Future<Boolean> release(EventExecutorGroup loops, long quiet, long timeout, TimeUnit unit) {
        return AT_ONCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quiet, long timeout, TimeUnit unit) {
        return AT_ONCE.newSucceededFuture(true);
    }
}
