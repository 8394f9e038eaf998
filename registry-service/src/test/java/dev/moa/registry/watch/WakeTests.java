package dev.moa.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.Position;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WakeTests {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void carriesAChange() {
        Wake wake = Wake.parse("/service/user e 7 REMOVED u1 42 lease-lost 1700 ");

        assertThat(wake.position()).isEqualTo(new Position("e", 7));
        assertThat(wake.change())
                .isEqualTo(new Wake.Change(
                        "u1",
                        "",
                        ToldChange.of(new InstanceChange(
                                7, InstanceChange.Type.REMOVED, "u1", 42, ChangeReason.LEASE_LOST, 1700, null))));
    }

    @Test
    void tellsAChangeAsIfItHadBeenRead() {
        String stored = "{\"incarnation\":42,\"ttlSeconds\":10,\"held\":false,\"reason\":\"registered\","
                + "\"registeredAtMs\":1700,\"id\":\"u1\",\"service\":\"/service/user\",\"host\":\"127.0.0.1\","
                + "\"port\":7001,\"protocols\":[\"moa\"],\"weight\":100,\"zone\":null,\"version\":\"1.0\",\"tags\":{},"
                + "\"metadata\":{\"a\":\"a \\\"b\\\" { }\"},\"status\":\"UP\"}";

        Wake.Change change = Wake.parse("/service/user e 7 REGISTERED u1 42 registered 1700 " + stored)
                .change();

        assertThat(change).isNotNull();
        assertThat(change.instance()).isEqualTo(stored);
        ToldChange read = ToldChange.of(InstanceChange.of(7, "REGISTERED", "u1", "42", "registered", "1700", stored));
        assertThat(JSON.readTree(change.told().json())).isEqualTo(JSON.readTree(read.json()));
        assertThat(change.told().atMs()).isEqualTo(read.atMs());
    }

    @Test
    void ofAnOlderRegistryOrOfALongChangeOnlyWakes() {
        Wake wake = Wake.parse("/service/user e 7");

        assertThat(wake).isEqualTo(new Wake(USER, new Position("e", 7), null));
        assertThat(wake.change()).isNull();
        assertThat(Wake.parse("/service/user")).isEqualTo(Wake.of(USER));
    }

    @Test
    void reasonOfANewerRegistryIsAnother() {
        InstanceChange read = InstanceChange.of(7, "REMOVED", "u1", "42", "of-tomorrow", "1700", "");

        assertThat(read.reason()).isEqualTo(ChangeReason.OTHER);
        assertThat(Wake.parse("/service/user e 7 REMOVED u1 42 of-tomorrow 1700 ")
                        .change())
                .isEqualTo(new Wake.Change("u1", "", ToldChange.of(read)));
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
