package dev.moa.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.catalog.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class SubscriptionTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    private final List<Runnable> tasks = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();

    @Test
    void slowSubscriberIsToldThatItIsCutOffAndWhereToGoOn() {
        Subscription subscription = subscription(3, 1_000_000);
        subscription.tell(event(1));
        runTasks();

        for (int revision = 2; revision <= 10; revision++) {
            subscription.tell(event(revision));
        }
        runTasks();

        assertThat(sent).hasSize(4);
        assertThat(sent.get(1)).startsWith("token ");
        assertThat(ResumeToken.read(sent.get(1).substring("token ".length())))
                .containsEntry(USER, new Position("e", 1));
        assertThat(sent.get(2)).startsWith("cut ").contains("more than 3 events");
        assertThat(sent.get(3)).isEqualTo("closed");
        assertThat(subscription.isClosed()).isTrue();
    }

    @Test
    void bytesAreBoundedToo() {
        Subscription subscription = subscription(1000, 2_000);

        for (int revision = 1; revision <= 100; revision++) {
            subscription.tell(event(revision));
        }
        runTasks();

        assertThat(sent).hasSize(3).last().isEqualTo("closed");
    }

    @Test
    void oneSendingTaskAtATimeSendsInOrder() {
        Subscription subscription = subscription(1000, 1_000_000);

        subscription.tell(event(1));
        subscription.tell(event(2));
        subscription.offer(new WatchEvent.Token());
        int tasksAtOnce = tasks.size();
        runTasks();

        assertThat(tasksAtOnce).isEqualTo(1);
        assertThat(sent).hasSize(3);
        assertThat(sent.get(0)).contains("\"revision\":1");
        assertThat(sent.get(1)).contains("\"revision\":2");
        assertThat(ResumeToken.read(sent.get(2).substring("token ".length())))
                .containsEntry(USER, new Position("e", 2));
    }

    @Test
    void subscriberThatIsGoneIsClosed() {
        Subscription subscription = subscription(new Recorder() {
            @Override
            public void sendChange(ServiceName service, String json) throws IOException {
                throw new IOException("broken pipe");
            }
        });

        subscription.tell(event(1));
        runTasks();

        assertThat(subscription.isClosed()).isTrue();
    }

    @Test
    void subscriberWhoseConnectionTheServerTookBackIsClosed() {
        Subscription subscription = subscription(new Recorder() {
            @Override
            public void flush() {
                throw new NullPointerException("ob");
            }
        });

        subscription.tell(event(1));
        runTasks();

        assertThat(subscription.isClosed()).isTrue();
    }

    @Test
    void nothingIsFlushedAfterTheClose() {
        Subscription subscription = subscription(new Recorder() {
            @Override
            public void flush() {
                sent.add("flushed");
            }
        });

        for (int revision = 1; revision <= 20; revision++) {
            subscription.tell(event(revision));
        }
        runTasks();

        assertThat(sent).endsWith("flushed", "closed");
    }

    @Test
    void whatIsWrittenIsFlushedBeforeMuchIsRememberedOfIt() {
        int[] flushes = {0};
        Subscription subscription = new Subscription(
                "test",
                Set.of(USER),
                Map.of(),
                new Recorder() {
                    @Override
                    public void flush() {
                        flushes[0]++;
                    }
                },
                tasks::add,
                bounds(100, 10_000_000),
                new RegistryMetrics(new SimpleMeterRegistry()));

        for (int revision = 1; revision <= 40; revision++) {
            subscription.tell(new WatchEvent.Changed(USER, new Position("e", revision), List.of(), "x".repeat(50_000)));
        }
        runTasks();

        assertThat(sent).hasSize(40);
        assertThat(flushes[0]).isEqualTo(7);
    }

    @Test
    void tokenIsReadAsItWasWritten() {
        Map<ServiceName, Position> positions = new LinkedHashMap<>();
        for (int i = 0; i < 500; i++) {
            positions.put(ServiceName.of("/service/s" + i), new Position("epoch" + i, i));
        }
        positions.put(USER, new Position("", 0));

        assertThat(ResumeToken.read(ResumeToken.write(positions))).isEqualTo(positions);
    }

    @Test
    void tokenOfSomebodyElseIsRefused() {
        for (String token : List.of("x", "!!!", "eJzTL04tKstM")) {
            assertThatThrownBy(() -> ResumeToken.read(token)).isInstanceOf(Refusal.class);
        }
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove(0).run();
        }
    }

    private Subscription subscription(int events, long bytes) {
        return new Subscription(
                "test",
                Set.of(USER),
                Map.of(),
                new Recorder(),
                tasks::add,
                bounds(events, bytes),
                new RegistryMetrics(new SimpleMeterRegistry()));
    }

    private Subscription subscription(Outlet outlet) {
        return new Subscription(
                "test",
                Set.of(USER),
                Map.of(),
                outlet,
                tasks::add,
                bounds(10, 1_000_000),
                new RegistryMetrics(new SimpleMeterRegistry()));
    }

    private static WatchProperties bounds(int events, long bytes) {
        return new WatchProperties(
                10, 10, events, DataSize.ofBytes(bytes), Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    private static WatchEvent.Changed event(long revision) {
        return WatchEvent.Changed.snapshot(USER, new Position("e", revision), List.of());
    }

    private class Recorder implements Outlet {
        @Override
        public void sendChange(ServiceName service, String json) throws IOException {
            sent.add("change " + json);
        }

        @Override
        public void sendCut(String json) {
            sent.add("cut " + json);
        }

        @Override
        public void sendToken(String token) {
            sent.add("token " + token);
        }

        @Override
        public void sendHeartbeat() {
            sent.add("heartbeat");
        }

        @Override
        public void flush() {
            // sent at once
        }

        @Override
        public void close() {
            sent.add("closed");
        }
    }
}
