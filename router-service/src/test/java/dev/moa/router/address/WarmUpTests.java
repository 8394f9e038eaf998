package dev.moa.router.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarmUpTests {
    private static final long REGISTERED = 1_800_000_000_000L;

    @Test
    void weightGrowsFromATenthToTheWhole() {
        Instance young = registered(100, Map.of("warmUpSeconds", "600"));

        assertThat(WarmUp.weight(young, REGISTERED)).isEqualTo(10);
        assertThat(WarmUp.weight(young, REGISTERED + 300_000)).isEqualTo(55);
        assertThat(WarmUp.weight(young, REGISTERED + 600_000)).isEqualTo(100);
        assertThat(WarmUp.weight(registered(2, Map.of("warmUpSeconds", "600")), REGISTERED))
                .isEqualTo(1);
        assertThat(WarmUp.weight(registered(0, Map.of("warmUpSeconds", "600")), REGISTERED))
                .isZero();
    }

    @Test
    void whoHasNotAskedOrIsOfALaterTimeHasItsWholeWeight() {
        assertThat(WarmUp.weight(registered(100, Map.of()), REGISTERED)).isEqualTo(100);
        assertThat(WarmUp.weight(registered(100, Map.of("warmUpSeconds", "soon")), REGISTERED))
                .isEqualTo(100);
        assertThat(WarmUp.weight(registered(100, Map.of("warmUpSeconds", "600")), REGISTERED - 1_000))
                .isEqualTo(10);
        assertThat(WarmUp.weight(registered(100, Map.of("warmUpSeconds", "600")), REGISTERED - 3_600_000))
                .isEqualTo(100);
    }

    @Test
    void answersTellTheWeightOfTheirMomentAndStayOfOneRevision() {
        ServiceView view = ServiceView.of(ServiceState.of(
                ServiceName.of("/service/user"), "e1", 7, List.of(registered(100, Map.of("warmUpSeconds", "600")))));

        assertThat(json(view, REGISTERED)).contains("\"weight\":100,\"warmWeight\":10,");
        assertThat(json(view, REGISTERED + 300_000)).contains("\"weight\":100,\"warmWeight\":55,", "\"revision\":7");
        assertThat(json(view, REGISTERED + 600_000)).contains("\"weight\":100,").doesNotContain("warmWeight");
        assertThat(view.isYoung(REGISTERED + 599_999)).isTrue();
        assertThat(view.isYoung(REGISTERED + 600_000)).isFalse();
    }

    private static String json(ServiceView view, long nowMs) {
        return new String(view.json("live", 0, LookupFilter.CALLABLE, nowMs), StandardCharsets.UTF_8);
    }

    private static Instance registered(int weight, Map<String, String> metadata) {
        return new Instance(
                "a",
                REGISTERED,
                "10.0.0.1",
                7001,
                List.of("moa"),
                weight,
                null,
                null,
                Map.of(),
                metadata,
                InstanceStatus.UP,
                false);
    }
}
