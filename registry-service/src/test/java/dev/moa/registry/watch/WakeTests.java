package dev.moa.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.Position;
import org.junit.jupiter.api.Test;

class WakeTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    @Test
    void carriesAChange() {
        Wake wake = Wake.parse("/service/user e 7 REMOVED u1 42 lease-lost 1700 ");

        assertThat(wake.position()).isEqualTo(new Position("e", 7));
        assertThat(wake.change())
                .isEqualTo(new InstanceChange(
                        7, InstanceChange.Type.REMOVED, "u1", 42, ChangeReason.LEASE_LOST, 1700, null));
    }

    @Test
    void ofAnOlderRegistryOrOfALongChangeOnlyWakes() {
        Wake wake = Wake.parse("/service/user e 7");

        assertThat(wake).isEqualTo(new Wake(USER, new Position("e", 7), null));
        assertThat(wake.change()).isNull();
        assertThat(Wake.parse("/service/user")).isEqualTo(Wake.of(USER));
    }

    @Test
    void changeThatIsNotUnderstoodIsRead() {
        assertThat(Wake.parse("/service/user e 7 RENAMED u1 42 changed 1700 {}").change())
                .isNull();
        assertThat(Wake.parse("/service/user e 7 UPDATED u1 42 changed 1700 {").change())
                .isNull();
    }

    @Test
    void whatIsNoneOfOursIsRefused() {
        assertThatThrownBy(() -> Wake.parse("x")).isInstanceOf(IllegalArgumentException.class);
    }
}
