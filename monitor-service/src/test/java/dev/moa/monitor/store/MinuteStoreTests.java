package dev.moa.monitor.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.moa.monitor.Reports;
import dev.moa.monitor.minute.MethodKey;
import dev.moa.monitor.minute.ProcessMinute;
import dev.moa.monitor.minute.SeenReports;
import dev.moa.monitor.minute.Tally;
import dev.moa.sdk.stats.CallSide;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class MinuteStoreTests {
    private static final MethodKey GET = new MethodKey("/service/user", "get", CallSide.SERVER);
    private static final int MINUTE = 29_000_000;

    @TempDir
    Path directory;

    private MinuteStore store;

    @BeforeEach
    void open() {
        store = new MinuteStore(settings(100)).start();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private StoreProperties settings(int maxMethods) {
        return new StoreProperties(
                directory,
                Duration.ofHours(1),
                Duration.ofMinutes(30),
                maxMethods,
                DataSize.ofMegabytes(8),
                DataSize.ofMegabytes(4));
    }

    private void add(MethodKey key, int minute, int calls, long nanos) {
        Changes changes = new Changes();
        changes.tally(key, minute).add(Reports.method(key.method(), key.side(), calls, 1, nanos));
        store.write(changes);
    }

    @Test
    void minutesAddUpAndSurviveARestart() {
        String id = store.id();
        add(GET, MINUTE, 10, 1_000_000);
        add(GET, MINUTE, 5, 9_000_000);
        add(GET, MINUTE + 2, 1, 1_000);

        store.close();
        store = new MinuteStore(settings(100)).start();

        assertThat(store.id()).isEqualTo(id);
        assertThat(store.methods()).containsExactly(GET);
        List<StoredSeries> series = store.series(GET::equals, MINUTE, MINUTE + 1);
        assertThat(series).singleElement().satisfies(one -> {
            assertThat(one.minutes()).containsOnlyKeys(MINUTE);
            Tally tally = one.minutes().get(MINUTE);
            assertThat(tally.count()).isEqualTo(15);
            assertThat(tally.codes()).isEqualTo(Map.of(4, 2L));
            assertThat(tally.maxMs()).isEqualTo(9);
            assertThat(tally.bytesIn()).isEqualTo(150);
        });
        assertThat(store.byMinute(MINUTE, MINUTE + 5).get(GET).count()).isEqualTo(16);
        assertThat(store.lastMinute(GET)).hasValue(MINUTE + 2);
    }

    @Test
    void aSecondMonitorIsRefusedTheDirectoryInWords() {
        MinuteStore second = new MinuteStore(settings(100));

        assertThatIllegalStateException()
                .isThrownBy(second::start)
                .withMessageContaining(directory.toString())
                .withMessageContaining("in use by another monitor");
    }

    @Test
    void neighboursInTheTablesAreNotMixedUp() {
        MethodKey client = new MethodKey("/service/user", "get", CallSide.CLIENT);
        MethodKey put = new MethodKey("/service/user", "put", CallSide.SERVER);
        for (int i = 0; i < 300; i++) {
            add(GET, MINUTE + i, 1, 1_000);
            add(client, MINUTE + i, 2, 1_000);
        }
        add(put, MINUTE, 4, 1_000);

        assertThat(store.series(GET::equals, MINUTE + 10, MINUTE + 19))
                .singleElement()
                .satisfies(one -> assertThat(one.minutes()).hasSize(10).containsKeys(MINUTE + 10, MINUTE + 19));
        assertThat(store.byMinute(MINUTE + 10, MINUTE + 19).get(client).count()).isEqualTo(20);
        assertThat(store.byMinute(MINUTE + 10, MINUTE + 19)).doesNotContainKey(put);
        assertThat(store.series(key -> true, 0, Integer.MAX_VALUE - 1)).hasSize(3);
    }

    @Test
    void methodsPastTheLimitAreCountedTogether() {
        store.close();
        store = new MinuteStore(settings(2)).start();

        for (String method : List.of("a", "b", "c", "d")) {
            add(new MethodKey("/service/user", method, CallSide.SERVER), MINUTE, 1, 1_000);
        }

        assertThat(store.methods()).hasSize(3).contains(MethodKey.other(CallSide.SERVER));
        assertThat(store.byMinute(MINUTE, MINUTE)
                        .get(MethodKey.other(CallSide.SERVER))
                        .count())
                .isEqualTo(2);
        assertThat(store.refusedMethods()).isEqualTo(2);
    }

    @Test
    void oldMinutesAreForgottenAndTheirNamesMakeRoom() {
        MethodKey old = new MethodKey("/service/old", "get", CallSide.SERVER);
        add(old, MINUTE - 61, 1, 1_000);
        add(GET, MINUTE - 61, 1, 1_000);
        add(GET, MINUTE, 1, 1_000);
        Changes changes = new Changes();
        changes.add(MINUTE - 31, process(MINUTE - 31));
        changes.add(MINUTE, process(MINUTE));
        changes.seen("gone", boot -> new SeenReports()).mark(1, (MINUTE - 61) * 60_000L);
        changes.seen("here", boot -> new SeenReports()).mark(1, MINUTE * 60_000L);
        store.write(changes);

        store.expire(MINUTE);
        store.expire(MINUTE);

        assertThat(store.methods()).containsExactly(GET);
        assertThat(store.series(key -> true, 0, MINUTE))
                .singleElement()
                .satisfies(one -> assertThat(one.minutes()).containsOnlyKeys(MINUTE));
        assertThat(store.byMinute(0, MINUTE).get(GET).count()).isEqualTo(1);
        assertThat(store.processes(0, MINUTE)).hasSize(1);
        assertThat(store.seen("gone").lastSeenMs()).isZero();
        assertThat(store.seen("here").lastSeenMs()).isPositive();
    }

    private static ProcessMinute process(int minute) {
        return ProcessMinute.of(Reports.of("box:1").calls(1, minute * 60_000L, 1, 0, 1), minute * 60_000L);
    }

    @Test
    void aClosedStoreSaysSo() {
        store.close();

        assertThatIllegalStateException().isThrownBy(() -> store.byMinute(0, 1)).withMessage("the store is closed");
    }
}
