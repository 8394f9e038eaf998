package dev.moa.benchmarks;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.MoaServer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** One of the processes of {@link NodesBenchmark}; prints its port once it answers. */
public final class NodeServer implements NodeService {

    static final ServiceName NAME = ServiceName.of("/service/node");

    private final AtomicLong served = new AtomicLong();
    private volatile long tookMs = 5;
    private volatile boolean fails;

    public static void main(String[] arguments) throws InterruptedException {
        MoaServer server = MoaServer.builder()
                .app("node")
                .publish(NAME, NodeService.class, new NodeServer())
                .build()
                .start();
        System.out.println("PORT " + server.port());
        new CountDownLatch(1).await();
    }

    @Override
    public String work() throws InterruptedException {
        served.incrementAndGet();
        if (fails) {
            throw new MoaException(StatusCode.UNAVAILABLE, "this node is out of order");
        }
        Thread.sleep(tookMs);
        return "done";
    }

    @Override
    public void become(long newTookMs, boolean newFails) {
        tookMs = newTookMs;
        fails = newFails;
    }

    @Override
    public long served() {
        return served.get();
    }
}
