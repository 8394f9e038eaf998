package dev.moa.benchmarks;

import dev.moa.benchmarks.load.Echo;
import dev.moa.benchmarks.load.LoadProcess;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.annotation.NonBlocking;
import dev.moa.sdk.codec.CborCodec;
import dev.moa.sdk.lookup.StaticDirectory;
import java.time.Duration;

/**
 * moa as a contender of {@code ./moa bench rpc}: {@code server} or {@code client PORT}, with {@code cbor} or
 * {@code json} bodies, methods on worker threads ({@code threads}) or on the event loop ({@code loop}).
 */
public final class MoaPeer {

    private static final ServiceName ON_THREADS = ServiceName.of("/service/echo");
    private static final ServiceName ON_LOOP = ServiceName.of("/service/echo/loop");

    /** The same methods, marked as not blocking. */
    @NonBlocking
    public interface LoopEcho extends Echo {}

    private MoaPeer() {}

    /** @param arguments which end; for a client the port, the bodies and where methods run */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("server")) {
            Echo echo = new Echo.Service();
            MoaServer server = MoaServer.builder()
                    .publish(ON_THREADS, Echo.class, echo)
                    .publish(ON_LOOP, LoopEcho.class, new LoopService())
                    .build()
                    .start();
            LoadProcess.server(server.port());
        } else {
            StaticDirectory directory = new StaticDirectory();
            directory.put(ON_THREADS, "127.0.0.1", Integer.parseInt(arguments[1]));
            directory.put(ON_LOOP, "127.0.0.1", Integer.parseInt(arguments[1]));
            MoaClient client = MoaClient.builder()
                    .directory(directory)
                    .timeout(Duration.ofSeconds(5))
                    .codec(arguments[2].equals("cbor") ? CborCodec.INSTANCE : null)
                    .build();
            LoadProcess.client(
                    arguments[3].equals("loop")
                            ? client.proxy(ON_LOOP, LoopEcho.class)
                            : client.proxy(ON_THREADS, Echo.class));
        }
    }

    private static final class LoopService implements LoopEcho {
        private final Echo echo = new Echo.Service();

        @Override
        public String text(String value) {
            return echo.text(value);
        }

        @Override
        public dev.moa.benchmarks.load.Order order(dev.moa.benchmarks.load.Order value) {
            return echo.order(value);
        }
    }
}
