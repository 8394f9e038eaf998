package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** A port with a handler that says hello, and raw clients of it; all closed after each test. */
abstract class RespOverThePort {

    static final String HELLO = "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world\"]}";
    static final String HELLO_REPLY = "{\"code\":0,\"result\":\"hello world\"}";

    final HelloHandler handler = new HelloHandler();
    final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : toClose) {
            each.close();
        }
    }

    static String call(String method) {
        return "{\"service\":\"/s\",\"method\":\"" + method + "\"}";
    }

    static String later(int millis, int value) {
        return "{\"service\":\"/s\",\"method\":\"later\",\"args\":[" + millis + ", " + value + "]}";
    }

    MoaPort port(PortLimits limits) {
        MoaPort port = MoaPort.builder(handler).port(0).limits(limits).build().start();
        toClose.add(port);
        return port;
    }

    MoaPort portWithTokens(PortLimits limits) {
        MoaPort port = MoaPort.builder(handler)
                .port(0)
                .limits(limits)
                .authenticator(
                        Authenticator.tokens(Map.of("s3cret", new Caller("feed", Caller.Role.SERVICE, Set.of()))))
                .build()
                .start();
        toClose.add(port);
        return port;
    }

    RawClient connect(MoaPort port) throws IOException {
        RawClient client = new RawClient(port.port());
        toClose.add(0, client);
        return client;
    }
}
