package dev.moa.compatibility;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.Authenticator;
import dev.moa.sdk.MoaServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A running instance of {@link Greeter} with what the SDK has by default, but for its port. */
final class GreeterInstance implements AutoCloseable {

    static final String TOKEN = "s3cret";
    static final String CALL = "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";
    static final String WHO = "{\"service\":\"/service/helloworld\",\"method\":\"who\",\"args\":[]}";

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);
    static final Duration QUIET_TIME = Duration.ofSeconds(1);
    /** For those who move by themselves, which ends it; on a slow machine that may take more than the default. */
    private static final Duration TIME_TO_MOVE = Duration.ofSeconds(8);

    private final MoaServer server;

    private GreeterInstance(
            String name, String host, int port, Authenticator authenticator, List<InetSocketAddress> successors) {
        server = MoaServer.builder()
                .app(name)
                .host(host)
                .port(port)
                .authenticator(authenticator)
                .successors(() -> successors)
                .quietTime(successors.isEmpty() ? QUIET_TIME : TIME_TO_MOVE)
                .publish(ServiceName.of("/service/helloworld"), Greeter.class, new Greeter() {
                    @Override
                    public String hello(String who) {
                        return "hello " + who;
                    }

                    @Override
                    public String who() {
                        return name;
                    }
                })
                .build()
                .start();
    }

    /** Starts one that everybody may call, on any free port. */
    static GreeterInstance open(String name) {
        return at("127.0.0.1", 0, name, List.of());
    }

    /** Starts one that everybody may call; callers who ask are sent to the successors when it goes. */
    static GreeterInstance at(String host, int port, String name, List<InetSocketAddress> successors) {
        return new GreeterInstance(name, host, port, Authenticator.none(), successors);
    }

    /** Starts one that asks for {@link #TOKEN}. */
    static GreeterInstance guarded() {
        Caller caller = new Caller("shop", Caller.Role.SERVICE, Set.of());
        return new GreeterInstance("guarded", "127.0.0.1", 0, Authenticator.tokens(Map.of(TOKEN, caller)), List.of());
    }

    int port() {
        return server.port();
    }

    /** Drains and ends. */
    @Override
    public void close() {
        server.drain(DRAIN_LIMIT);
        server.close();
    }
}
