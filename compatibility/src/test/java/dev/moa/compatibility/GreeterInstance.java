package dev.moa.compatibility;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.Authenticator;
import dev.moa.sdk.MoaServer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** A running instance of {@link Greeter} with what the SDK has by default, but for its port. */
final class GreeterInstance implements AutoCloseable {

    static final String TOKEN = "s3cret";
    static final String CALL = "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    static final String REPLY = "{\"code\":0,\"result\":\"hello world\"}";
    static final String WHO = "{\"service\":\"/service/helloworld\",\"method\":\"who\",\"args\":[]}";

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

    private final MoaServer server;

    private GreeterInstance(String name, int port, Authenticator authenticator) {
        server = MoaServer.builder()
                .app(name)
                .port(port)
                .authenticator(authenticator)
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

    /** Starts one that everybody may call; port 0 takes any free one. */
    static GreeterInstance open(String name, int port) {
        return new GreeterInstance(name, port, Authenticator.none());
    }

    /** Starts one that asks for {@link #TOKEN}. */
    static GreeterInstance guarded() {
        Caller caller = new Caller("shop", Caller.Role.SERVICE, Set.of());
        return new GreeterInstance("guarded", 0, Authenticator.tokens(Map.of(TOKEN, caller)));
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
