package dev.moa.compatibility.rolling;

import dev.moa.compatibility.Greeter;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** One instance that comes and goes: a server at a given port, in this process or as the main class of its own. */
final class RollingInstance {

    static final ServiceName SERVICE = ServiceName.of("/service/helloworld");
    static final String CALL = "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";

    private static final Duration QUIET_TIME = Duration.ofMillis(300);

    private RollingInstance() {}

    /** Starts a server that sends its callers to {@code others} when it goes, or to those whom the registry names. */
    static MoaServer start(int port, List<InetSocketAddress> others, @Nullable String registry) {
        MoaServer.Builder server = MoaServer.builder().app("rolling").port(port).quietTime(QUIET_TIME);
        if (registry == null) {
            server.successors(() -> others);
        } else {
            server.registries(List.of(registry));
        }
        return server.publish(SERVICE, Greeter.class, new Greeter() {
                    @Override
                    public String hello(String name) {
                        return "hello " + name;
                    }

                    @Override
                    public String who() {
                        return Integer.toString(port);
                    }
                })
                .build()
                .start();
    }

    /** Arguments: the port, and the ports of the others. Says READY, drains on SIGTERM. */
    public static void main(String[] args) throws InterruptedException {
        List<InetSocketAddress> others = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            others.add(InetSocketAddress.createUnresolved("127.0.0.1", Integer.parseInt(args[i])));
        }
        MoaServer server = start(Integer.parseInt(args[0]), others, System.getProperty("moa.rolling.registry"));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "rolling-stop"));
        System.out.println("READY");
        new CountDownLatch(1).await();
    }
}
