package dev.moa.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.protocol.server.Authenticator;
import dev.moa.sdk.MoaServer;
import java.io.BufferedReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The small client of moa frames in Python, written from {@code docs/protocol.md} alone, against a real port. */
class FramesIT {

    private static final Path CLIENT = Path.of("python/frames.py");

    interface Greeter {
        String hello(String name);

        void nothing();

        void refuse(int id) throws Refused;

        CompletableFuture<String> held();

        String waits();
    }

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(int id) {
            super("not " + id);
        }
    }

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private final class WaitingGreeter implements Greeter {
        @Override
        public String hello(String name) {
            return "hello " + name;
        }

        @Override
        public void nothing() {}

        @Override
        public void refuse(int id) throws Refused {
            throw new Refused(id);
        }

        @Override
        public CompletableFuture<String> held() {
            return new CompletableFuture<>();
        }

        @Override
        public String waits() {
            entered.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "over";
        }
    }

    @Test
    @Timeout(60)
    void pythonClientCallsFailsPingsAndLeavesWhenToldTo() throws Exception {
        Shell.needs("Python", "python3", "/usr/bin/python3", "--version");
        try (MoaServer server = MoaServer.builder()
                .authenticator(
                        Authenticator.tokens(Map.of("s3cret", new Caller("test", Caller.Role.SERVICE, Set.of()))))
                .publish(ServiceName.of("/service/greeter"), Greeter.class, new WaitingGreeter())
                .build()
                .start()) {
            ProcessBuilder builder = new ProcessBuilder(
                            "/usr/bin/python3", "-B", "src/test/python/frames_check.py", "" + server.port())
                    .redirectErrorStream(true);
            builder.environment().put("PYTHONPATH", CLIENT.getParent().toString());
            builder.environment().put("PYTHONIOENCODING", "utf-8");
            Process process = builder.start();
            List<String> lines = new ArrayList<>();
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    lines.add(line);
                    if (line.equals("waiting")) {
                        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
                        drainWhileItWaits(server);
                    }
                }
            } finally {
                process.destroyForcibly();
            }

            assertThat(lines)
                    .containsExactly(
                            "call hello wörld",
                            "named hello you",
                            "void None",
                            "declared (2, 'not 7', {'type': '" + Refused.class.getName() + "'})",
                            "code 12",
                            "late 4",
                            "pong",
                            "token 16",
                            "big 300006",
                            "waiting",
                            "crossing over",
                            "leaving True 14");
            assertThat(server.inFlight()).isZero();
        }
    }

    /** The call is let go once GOAWAY is out. */
    private void drainWhileItWaits(MoaServer server) throws Exception {
        try (MoaConnection other = MoaConnection.open(
                        new InetSocketAddress("127.0.0.1", server.port()),
                        ConnectionOptions.defaults().withToken("s3cret"))
                .get(5, TimeUnit.SECONDS)) {
            CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> server.drain(Duration.ofSeconds(20)));
            await().until(() -> other.isGoingAway() || !other.isOpen());
            released.countDown();
            other.close();
            drained.orTimeout(30, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void clientIsNoLongerThanItSays() throws Exception {
        long lines = Files.readAllLines(CLIENT).stream()
                .dropWhile(line -> !line.startsWith("import"))
                .filter(line -> !line.isBlank())
                .count();

        assertThat(lines).isLessThanOrEqualTo(60);
    }
}
