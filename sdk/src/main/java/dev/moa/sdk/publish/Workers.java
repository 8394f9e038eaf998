package dev.moa.sdk.publish;

import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for blocking work: virtual ones where the Java platform has them (21 and up), else a pool of daemon
 * threads that grows on demand and shrinks after 30 s. How many run at once is the {@link BoundedExecutor}'s to say.
 */
public final class Workers implements Executor, AutoCloseable {

    private final ExecutorService threads;
    private final String name;
    private final boolean virtual;

    private Workers(ExecutorService threads, String name, boolean virtual) {
        this.threads = threads;
        this.name = name;
        this.virtual = virtual;
    }

    /** Returns workers whose threads are named {@code <name>-<n>}; virtual ones, of which each call has its own, {@code name}. */
    public static Workers named(String name) {
        try {
            return new Workers(virtualThreads(name), name, true);
        } catch (ReflectiveOperationException | UnsupportedOperationException e) {
            AtomicInteger number = new AtomicInteger();
            ThreadFactory factory = work -> {
                Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            };
            return new Workers(
                    new ThreadPoolExecutor(
                            0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), factory),
                    name,
                    false);
        }
    }

    /** Returns whether the threads are virtual. */
    public boolean isVirtual() {
        return virtual;
    }

    /** Returns what their threads are called. */
    String name() {
        return name;
    }

    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    /** Takes no more work; what runs goes on. */
    @Override
    public void close() {
        threads.shutdown();
    }

    // by reflection: the code compiles for 17
    private static ExecutorService virtualThreads(String name) throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Class<?> type = Class.forName("java.lang.Thread$Builder");
        builder = type.getMethod("name", String.class).invoke(builder, name);
        ThreadFactory factory = (ThreadFactory) type.getMethod("factory").invoke(builder);
        Method perTask = Executors.class.getMethod("newThreadPerTaskExecutor", ThreadFactory.class);
        return (ExecutorService) perTask.invoke(null, factory);
    }
}
