package dev.moa.sdk.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotFileTests {

    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final ServiceName FEED = ServiceName.of("/service/feed");
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir
    Path folder;

    private SnapshotFile file() {
        return new SnapshotFile(folder.resolve("services.json"));
    }

    private static ServiceAnswer answer(ServiceName service, long ageMs, int port) {
        return new ServiceAnswer(service, "e1", 7, "live", ageMs, List.of(InstanceAddress.of("127.0.0.1", port)));
    }

    private void passes(Duration time) throws IOException {
        Path written = folder.resolve("services.json");
        long at = Files.getLastModifiedTime(written).toMillis();
        Files.setLastModifiedTime(written, FileTime.fromMillis(at - time.toMillis()));
    }

    private long age(ServiceName service) {
        return Objects.requireNonNull(file().read(service)).ageMs();
    }

    @Test
    void whatThisRunHasNotAskedForKeepsItsOwnAge() throws IOException {
        file().write(List.of(answer(USER, 500, 1), answer(FEED, 0, 2)));
        passes(Duration.ofHours(2));
        file().write(List.of(answer(FEED, 100, 3)));
        passes(Duration.ofHours(3));
        file().write(List.of(answer(FEED, 100, 4)));

        assertThat(age(USER)).isBetween(5 * HOUR + 500, 5 * HOUR + 60_000);
        assertThat(age(FEED)).isBetween(100L, 60_000L);
        assertThat(Objects.requireNonNull(file().read(USER)))
                .returns("snapshot", ServiceAnswer::source)
                .returns(answer(USER, 0, 1).instances(), ServiceAnswer::instances);
        assertThat(Objects.requireNonNull(file().read(FEED)).instances())
                .isEqualTo(answer(FEED, 0, 4).instances());
    }

    @Test
    void whatNobodyHasAskedForInAWeekIsForgottenAtTheNextWrite() throws IOException {
        file().write(List.of(answer(USER, 0, 1)));
        passes(Duration.ofDays(8));
        assertThat(age(USER)).isGreaterThan(8 * 24 * HOUR - 1);

        file().write(List.of(answer(FEED, 0, 2)));

        assertThat(file().read(USER)).isNull();
    }

    @Test
    void theYoungestOfFormerRunsAreKeptUpToABound() {
        file().write(IntStream.range(0, 1_200)
                .mapToObj(i -> answer(ServiceName.of("/service/n" + i), i * 1_000L, 1))
                .toList());

        file().write(List.of(answer(USER, 0, 1)));

        assertThat(file().read(USER)).isNotNull();
        assertThat(file().read(ServiceName.of("/service/n999"))).isNotNull();
        assertThat(file().read(ServiceName.of("/service/n1000"))).isNull();
    }

    @Test
    void aFileThatCannotBeReadIsReplaced() throws IOException {
        Files.writeString(folder.resolve("services.json"), "[{\"service\":");

        assertThat(file().read(USER)).isNull();
        file().write(List.of(answer(USER, 0, 1)));

        assertThat(file().read(USER)).isNotNull();
    }
}
