package dev.moa.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.dev.process.ChildState;
import dev.moa.dev.process.ChildStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the real Redis, the real Kafka and one real app, and hurts them. */
class PlatformIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void killedPartsComeBackWithTheirDataAndNothingIsLeftAfterClose() throws Exception {
        PlatformOptions options = PlatformOptions.of(HOME)
                .withRoot(directory)
                .onRandomPorts()
                .withApps(Set.of("registry"))
                .withStartCaches(false);
        List<ChildState> states;
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(PATIENCE);
            assertThat(redis(platform, "SET", "greeting", "hello")).isEqualTo("+OK");
            createTopic(platform, "kept");
            // appendfsync is everysec: what was written a second ago survives a kill
            Awaitility.await().pollDelay(Duration.ofMillis(1_100)).until(() -> true);

            for (String part : List.of("redis", "kafka", "registry")) {
                platform.kill(part);
                awaitRestart(platform, part);
            }
            platform.awaitHealthy(PATIENCE);

            assertThat(redis(platform, "GET", "greeting")).isEqualTo("hello");
            assertThat(topics(platform)).contains("kept");
            states = platform.states();
        }

        assertThat(states).hasSize(3).allMatch(state -> state.status() == ChildStatus.HEALTHY && state.restarts() == 1);
        assertThat(states)
                .allMatch(state -> ProcessHandle.of(state.pid())
                        .filter(ProcessHandle::isAlive)
                        .isEmpty());
    }

    @Test
    void aPortInUseIsSaidWithItsHolderBeforeAnythingStarts() throws Exception {
        PlatformOptions options = PlatformOptions.of(HOME)
                .withRoot(directory)
                .withPortOffset(freeOffset())
                .withApps(Set.of("registry"))
                .withStartCaches(false);
        Platform platform = new Platform(options, PlatformListener.silent());
        int port = platform.addresses().port("registry", "http");
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(platform::start)
                    .isInstanceOf(PlatformException.class)
                    .hasMessageContaining("port %d (registry http) is in use by".formatted(taken.getLocalPort()))
                    .hasMessageContaining("--port-offset");
        }

        assertThat(platform.states()).isEmpty();
    }

    @Test
    void anAppThatCannotStartIsSaidWithTheEndOfItsLog() {
        PlatformOptions options = PlatformOptions.of(HOME)
                .withRoot(directory)
                .onRandomPorts()
                .withApps(Set.of())
                .withKafka(true)
                .withStartCaches(false);
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            // a directory of another cluster: Kafka refuses it at every start
            assertThat(platform.layout().data("kafka").resolve("log").toFile().mkdirs())
                    .isTrue();
            Files.writeString(platform.layout().data("kafka").resolve("log/meta.properties"), "version=1\nnode.id=7\n");
            platform.start();

            assertThatThrownBy(() -> platform.awaitHealthy(PATIENCE))
                    .isInstanceOf(PlatformException.class)
                    .hasMessageStartingWith("kafka does not start: died (exit code 1)")
                    .hasMessageContaining("the end of " + platform.layout().log("kafka"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitRestart(Platform platform, String part) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            ChildState state = platform.state(part);
            return state.restarts() == 1 && state.status() == ChildStatus.HEALTHY;
        });
    }

    private static String redis(Platform platform, String... words) throws Exception {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append("$%d\r\n%s\r\n".formatted(word.length(), word));
        }
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress("127.0.0.1", platform.addresses().port("redis", "redis")), 1_000);
            socket.setSoTimeout(2_000);
            socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String head = reader.readLine();
            return head.startsWith("$") ? reader.readLine() : head;
        }
    }

    private static Admin admin(Platform platform) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", platform.addresses().get("kafka.address"));
        return Admin.create(properties);
    }

    private static void createTopic(Platform platform, String name) throws Exception {
        try (Admin admin = admin(platform)) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(20, TimeUnit.SECONDS);
        }
    }

    private static Set<String> topics(Platform platform) throws Exception {
        try (Admin admin = admin(platform)) {
            return admin.listTopics().names().get(20, TimeUnit.SECONDS);
        }
    }

    /** So that two builds on one machine do not meet. */
    private static int freeOffset() {
        return 21_000 + (int) (ProcessHandle.current().pid() % 15_000);
    }
}
