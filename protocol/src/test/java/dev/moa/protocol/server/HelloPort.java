package dev.moa.protocol.server;

import dev.moa.protocol.Caller;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * A port with {@link HelloHandler} behind it, for benchmarks by hand and for tests that need another process. The
 * first argument is the port, the second, if any, the token that it asks for. Says
 * {@code READY port}; answers each line of its input with {@code MEMORY bytes connections}; ends with its input.
 */
final class HelloPort {

    private HelloPort() {}

    public static void main(String[] args) throws Exception {
        HelloHandler handler = new HelloHandler();
        handler.record = false;
        try (MoaPort port = MoaPort.builder(handler)
                .port(args.length == 0 ? 6390 : Integer.parseInt(args[0]))
                .authenticator(
                        args.length < 2
                                ? Authenticator.none()
                                : Authenticator.tokens(
                                        Map.of(args[1], new Caller("test", Caller.Role.SERVICE, Set.of()))))
                .build()
                .start()) {
            System.out.println("READY " + port.port());
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) {
                System.gc();
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                long bytes = runtime.totalMemory()
                        - runtime.freeMemory()
                        + Math.max(0, PlatformDependent.usedDirectMemory());
                System.out.println("MEMORY " + bytes + " " + port.connections());
            }
        }
    }
}
