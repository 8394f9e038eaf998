package dev.moa.router.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutstandingTests {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Stamp OLD = new Stamp("e1", 1, "");
    private static final Stamp NEW = new Stamp("e1", 2, "");

    private final Outstanding outstanding = new Outstanding(Duration.ofMinutes(1));

    private void told(String client) {
        outstanding.sent(new WatchAnswer("new", List.of(), List.of(USER)), client, Set.of(USER), having(OLD));
    }

    private void timedOut(String client) {
        outstanding.sent(new WatchAnswer("new", List.of(), List.of()), client, Set.of(USER), having(NEW));
    }

    private static WatchToken having(Stamp stamp) {
        return new WatchToken(Map.of(USER, stamp));
    }

    private List<String> named() {
        List<String> names = new ArrayList<>();
        outstanding.name(USER, NEW, names::add);
        return names;
    }

    @Test
    void whoeverComesWithTheSameTokenAcknowledgesForNobodyElse() {
        told("a");
        told("b");

        outstanding.acknowledged("new", "c");

        assertThat(named()).containsExactly("a", "b");
        outstanding.acknowledged("new", "b");
        assertThat(named()).containsExactly("a");
    }

    @Test
    void ofTwoThatGoByOneNameTheOneThatWasToldStaysNamed() {
        told("a");
        timedOut("a");

        outstanding.acknowledged("new", "a");

        assertThat(named()).containsExactly("a");
    }

    @Test
    void whoeverHadNothingOrCannotBeJudgedIsNamed() {
        timedOut("a");
        outstanding.sent(
                new WatchAnswer("new", List.of(), List.of(USER)), "b", Set.of(USER), WatchToken.parse(null, Set.of()));
        List<String> ofUnknown = new ArrayList<>();
        outstanding.name(USER, null, ofUnknown::add);

        assertThat(named()).containsExactly("b");
        assertThat(ofUnknown).containsExactly("a", "b");
    }
}
