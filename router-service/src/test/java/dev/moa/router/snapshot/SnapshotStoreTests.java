package dev.moa.router.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class SnapshotStoreTests {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final long NOW = 1_000_000_000L;

    @TempDir
    Path directory;

    private SnapshotStore store(long nowMs, DataSize maxSize) {
        return new SnapshotStore(
                new SnapshotProperties(directory, Duration.ofMillis(20), maxSize, Duration.ofHours(1)),
                Clock.fixed(Instant.ofEpochMilli(nowMs), ZoneOffset.UTC));
    }

    private static ServiceState state(ServiceName service, int instances) {
        List<Instance> list = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            list.add(Instance.unregistered("10.0.0.1", 1000 + i));
        }
        return ServiceState.of(service, "e1", 3, list);
    }

    private static ServiceView view(ServiceName service, int instances) {
        return ServiceView.of(state(service, instances));
    }

    private static Finding find(SnapshotStore store) {
        return store.find(USER, Deadline.afterMillis(100));
    }

    @Test
    void answersSurviveAndTellTheirAge() {
        List<ServiceState> seeds = new ArrayList<>();
        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            store.start((seed, at) -> {});
            store.remember(view(USER, 2), NOW);
            await().until(() -> store.fileAgeMs() >= 0);
        }

        try (SnapshotStore again = store(NOW + 5_000, DataSize.ofMegabytes(1))) {
            again.start((seed, at) -> seeds.add(seed));

            assertThat(find(again)).isInstanceOfSatisfying(Finding.Answered.class, answered -> {
                assertThat(answered.ageMs()).isEqualTo(5_000);
                assertThat(answered.view().state()).isEqualTo(state(USER, 2));
            });
            assertThat(seeds).containsExactly(state(USER, 2));
        }
    }

    @Test
    void leasesAreKeptAndAFileWithoutThemIsRead() throws Exception {
        Instance leased = InstanceJson.read("{\"id\":\"u1\",\"host\":\"10.0.0.1\",\"port\":7001,\"ttlSeconds\":120}");
        List<ServiceState> seeds = new ArrayList<>();
        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            store.start((seed, at) -> {});
            store.remember(ServiceView.of(ServiceState.of(USER, "e1", 3, List.of(leased))), NOW);
        }
        String written = Files.readString(directory.resolve("lookup.json"));
        try (SnapshotStore again = store(NOW, DataSize.ofMegabytes(1))) {
            again.start((seed, at) -> seeds.add(seed));
        }
        Files.writeString(directory.resolve("lookup.json"), written.replace(",\"ttlSeconds\":120", ""));
        try (SnapshotStore older = store(NOW, DataSize.ofMegabytes(1))) {
            older.start((seed, at) -> seeds.add(seed));
        }

        assertThat(written).contains("\"ttlSeconds\":120");
        assertThat(seeds)
                .flatExtracting(seed -> seed.instances().values())
                .extracting(Instance::id, Instance::ttlSeconds)
                .containsExactly(tuple("u1", 120), tuple("u1", 0));
    }

    @Test
    void anAnswerThatIsTooOldIsNotGivenOut() {
        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            store.start((seed, at) -> {});
            store.remember(view(USER, 2), NOW);
        }

        try (SnapshotStore again = store(NOW + 3_600_001, DataSize.ofMegabytes(1))) {
            again.start((seed, at) -> {});

            assertThat(find(again)).isInstanceOf(Finding.Passed.class);
        }
    }

    @Test
    void aSpoiltFileIsPutAsideAndTheStartGoesOn() throws Exception {
        Files.writeString(directory.resolve("lookup.json"), "{\"format\":1,\"services\":[{\"serv");

        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            store.start((seed, at) -> {});

            assertThat(store.failure()).contains("could not be read");
            assertThat(directory.resolve("lookup.json.bad")).exists();
            store.remember(view(USER, 1), NOW);
            await().until(() -> store.fileAgeMs() >= 0);
            assertThat(store.failure()).isNull();
        }
    }

    @Test
    void theFileKeepsItsBound() throws Exception {
        try (SnapshotStore store = store(NOW, DataSize.ofKilobytes(20))) {
            store.start((seed, at) -> {});
            for (int i = 0; i < 50; i++) {
                store.remember(view(ServiceName.of("/service/s" + i), 5), NOW);
            }
            await().until(() -> store.leftOut() > 0);
        }

        assertThat(Files.size(directory.resolve("lookup.json"))).isLessThan(20 * 1024);
    }

    @Test
    void theFileKeepsItsBoundAlsoWithMuchMetadataAndIsRead() throws Exception {
        String json = "{\"host\":\"10.0.0.1\",\"port\":7001,\"metadata\":{\"notes\":\"%s\"}}";
        Instance large = InstanceJson.read(json.formatted("x".repeat(6_000)));
        try (SnapshotStore store = store(NOW, DataSize.ofKilobytes(20))) {
            store.start((seed, at) -> {});
            for (int i = 0; i < 5; i++) {
                ServiceName name = ServiceName.of("/service/s" + i);
                store.remember(ServiceView.of(ServiceState.of(name, "e1", 3, List.of(large))), NOW);
            }
            store.remember(view(USER, 1), NOW);
        }

        assertThat(Files.size(directory.resolve("lookup.json"))).isBetween(18L * 1024, 20L * 1024);
        try (SnapshotStore again = store(NOW, DataSize.ofKilobytes(20))) {
            again.start((seed, at) -> {});

            assertThat(again.failure()).isNull();
            assertThat(again.services())
                    .extracting(ServiceName::value)
                    .containsExactlyInAnyOrder("/service/s0", "/service/s1", "/service/s2", "/service/user");
        }
    }

    @Test
    void anEqualAnswerIsKeptOnce() {
        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            ServiceView shown = view(USER, 2);
            store.remember(view(USER, 2), NOW - 5);

            store.remember(shown, NOW - 10);

            assertThat(find(store)).isEqualTo(new Finding.Answered(shown, 5));
        }
    }

    @Test
    void aForgottenServiceIsGone() {
        try (SnapshotStore store = store(NOW, DataSize.ofMegabytes(1))) {
            store.start((seed, at) -> {});
            store.remember(view(USER, 1), NOW);

            store.forget(USER);

            assertThat(find(store)).isInstanceOf(Finding.Passed.class);
        }
    }
}
