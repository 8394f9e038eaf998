package dev.moa.benchmarks;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.stats.Statistics;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Publishes {@code /service/bench} in a process of its own; prints its port once it answers. */
public final class BenchServer implements BenchService {

    /** The name under which it is published. */
    static final ServiceName NAME = ServiceName.of("/service/bench");

    /** @param arguments base URLs of registries to register at; none to stay alone */
    public static void main(String[] arguments) throws InterruptedException {
        MoaServer server = MoaServer.builder()
                .app("bench")
                .statistics(Statistics.create())
                .registries(List.of(arguments))
                .publish(NAME, BenchService.class, new BenchServer())
                .build()
                .start();
        System.out.println("PORT " + server.port());
        new CountDownLatch(1).await();
    }

    @Override
    public String hello(String name) {
        return "hello " + name;
    }

    @Override
    public String helloOnThread(String name) {
        return "hello " + name;
    }

    @Override
    public String slow(long milliseconds) throws InterruptedException {
        Thread.sleep(milliseconds);
        return "slept";
    }

    @Override
    public Usage usage() {
        return Usage.ofThisProcess();
    }
}
