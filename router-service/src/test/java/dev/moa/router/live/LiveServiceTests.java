package dev.moa.router.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.Stamp;
import dev.moa.router.store.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LiveServiceTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    private final LiveService live = new LiveService(USER);

    private static ServiceState state(String epoch, long revision, String... ids) {
        List<Instance> instances = new ArrayList<>();
        for (String id : ids) {
            int port = 1000 + id.hashCode() % 1000;
            instances.add(new Instance(
                    id,
                    1,
                    "10.0.0.1",
                    port,
                    List.of("moa"),
                    100,
                    null,
                    null,
                    Map.of(),
                    Map.of(),
                    InstanceStatus.UP,
                    false));
        }
        return ServiceState.of(USER, epoch, revision, instances);
    }

    private List<String> served() {
        return Objects.requireNonNull(live.view()).instances().stream()
                .map(instance -> instance.id() + (instance.held() ? " held" : ""))
                .toList();
    }

    private Stamp stamp() {
        return Objects.requireNonNull(live.view()).stamp();
    }

    @Test
    void aLaterRevisionIsBelieved() {
        assertThat(live.offer(state("e1", 1, "a"), 0)).isTrue();
        assertThat(live.offer(state("e1", 2, "a", "b"), 1)).isTrue();
        assertThat(live.offer(state("e1", 2, "a", "b"), 2)).isFalse();

        assertThat(served()).containsExactly("a", "b");
        assertThat(live.confirmedAtMs()).isEqualTo(2);
        assertThat(live.suspicion()).isNull();
    }

    @Test
    void anEqualReadingLeavesTheObjectsThatAreThere() {
        ServiceState first = state("e1", 2, "a", "b");
        live.offer(first, 0);

        live.offer(state("e1", 2, "a", "b"), 1);

        assertThat(live.believed()).isSameAs(first);
        assertThat(Objects.requireNonNull(live.view()).state()).isSameAs(first);
    }

    @Test
    void aSeedIsNotServedUntilAStoreWasAsked() {
        live.seed(state("e1", 5, "a"), 0);

        assertThat(live.view()).isNull();
        assertThat(live.offer(state("e1", 5, "a"), 1)).isTrue();
        assertThat(served()).containsExactly("a");
    }

    @Test
    void aSuspectedStoreThatNamesSomebodyAgainIsBeingSeeded() {
        live.offer(state("e1", 5, "a", "b", "c"), 0);
        live.offerAbsence(10);
        live.offer(state("e2", 1, "a"), 20);
        live.offer(state("e2", 1, "a"), 30);
        assertThat(live.seededAtMs()).isEqualTo(20);

        live.offer(state("e2", 2, "a", "b"), 40);

        assertThat(live.seededAtMs()).isEqualTo(40);
        assertThat(served()).containsExactly("a", "b", "c held");
    }

    @Test
    void anEmptiedStoreIsHeldAgainstTheSeedToo() {
        live.seed(state("e1", 5, "a", "b"), 0);

        live.offer(state("e2", 1, "a"), 1);

        assertThat(served()).containsExactly("a", "b held");
    }

    @Test
    void anotherBirthMarkIsServedTogetherWithWhatItDoesNotName() {
        live.offer(state("e1", 7, "a", "b"), 0);

        live.offer(state("e2", 1, "b", "c"), 10);
        assertThat(live.confirmedAtMs()).isZero();
        assertThat(served()).containsExactly("a held", "b", "c");
        assertThat(live.suspicion()).isNotNull();

        live.offer(state("e2", 2, "a", "b", "c"), 20);
        assertThat(served()).containsExactly("a", "b", "c");
        assertThat(live.suspicion()).isNull();
        assertThat(stamp()).isEqualTo(new Stamp("e2", 2, ""));
    }

    @Test
    void aServiceThatVanishedIsServedAsHeldUntilTheHoldEnds() {
        live.offer(state("e1", 7, "a"), 0);

        assertThat(live.offerAbsence(10)).isTrue();
        assertThat(served()).containsExactly("a held");
        assertThat(live.offerAbsence(20)).isFalse();

        assertThat(live.endHold(1_000)).isTrue();
        assertThat(live.view()).isNull();
    }

    @Test
    void aStoreThatWentBackIsNotBelievedByPassingTheOldNumber() {
        live.offer(state("e1", 7, "a", "b", "c"), 0);

        live.offer(state("e1", 5, "a", "b"), 10);
        assertThat(served()).containsExactly("a", "b", "c held");
        live.offer(state("e1", 9, "a", "b", "d"), 20);
        assertThat(served()).containsExactly("a", "b", "c held", "d");

        live.endHold(1_000);
        assertThat(served()).containsExactly("a", "b", "d");
        assertThat(stamp()).isEqualTo(new Stamp("e1", 9, ""));
    }

    @Test
    void clientsHearOfAnEarlierRevisionThatIsBelieved() {
        live.offer(state("e1", 7, "a", "b"), 0);
        Stamp before = stamp();

        live.offer(state("e1", 5, "a"), 10);
        live.endHold(1_000);

        assertThat(served()).containsExactly("a");
        assertThat(stamp().isNewsFor(before)).isTrue();
    }

    @Test
    void whoLeftProperlyInTheNewStoreIsNotHeld() {
        live.offer(state("e1", 7, "a", "b"), 0);
        live.offer(state("e2", 3, "a"), 10);

        assertThat(live.followed(Set.of("b"), 3, 20)).isTrue();

        assertThat(served()).containsExactly("a");
        assertThat(live.suspicion()).isNull();
    }

    @Test
    void aProcessThatCameBackUnderAnotherIdIsNotListedTwice() {
        live.offer(state("e1", 7, "a"), 0);
        Instance renamed =
                Objects.requireNonNull(live.view()).instances().iterator().next();

        live.offer(
                ServiceState.of(
                        USER,
                        "e2",
                        1,
                        List.of(new Instance(
                                "other",
                                2,
                                renamed.host(),
                                renamed.port(),
                                List.of(),
                                100,
                                null,
                                null,
                                Map.of(),
                                Map.of(),
                                InstanceStatus.UP,
                                false))),
                10);

        assertThat(served()).containsExactly("other");
    }

    @Test
    void theStoreThatComesBackWholeEndsTheSuspicion() {
        live.offer(state("e1", 7, "a", "b"), 0);
        live.offerAbsence(10);

        live.offer(state("e1", 7, "a", "b"), 20);

        assertThat(served()).containsExactly("a", "b");
        assertThat(live.suspicion()).isNull();
    }

    @Test
    void aServiceWithoutInstancesHasNothingToHold() {
        live.offer(state("e1", 7), 0);

        live.offer(state("e2", 1), 10);
        assertThat(stamp()).isEqualTo(new Stamp("e2", 1, ""));

        live.offerAbsence(20);
        assertThat(live.view()).isNull();
    }

    @Test
    void otherContentsAtAnEqualRevisionAreShownAndMarked() {
        live.offer(state("e1", 7, "a"), 0);
        Stamp before = stamp();

        assertThat(live.offer(state("e1", 7, "a", "b"), 10)).isTrue();

        assertThat(served()).containsExactly("a", "b");
        assertThat(stamp().isNewsFor(before)).isTrue();
    }

    private static Loss loss(String formerEpoch, long formerRevision, String epoch, long revision, String... held) {
        return loss(List.of(new Revision(formerEpoch, formerRevision)), epoch, revision, held);
    }

    private static Loss loss(List<Revision> known, String epoch, long revision, String... held) {
        return new Loss(
                USER,
                known,
                epoch,
                revision,
                List.copyOf(state(epoch, 1, held).instances().values()));
    }

    @Test
    void whoeverKnewMoreBeforeTheLossIsRightAboutWhoIsHeld() {
        live.offer(state("e1", 5, "a", "b", "c"), 0);
        live.offer(state("e2", 1, "a"), 10);
        assertThat(served()).containsExactly("a", "b held", "c held");

        // b had left, d had come
        assertThat(live.agree(loss("e1", 7, "e2", 1, "c", "d"), 20)).isTrue();
        assertThat(live.agree(loss("e1", 7, "e2", 1, "c", "d"), 21)).isFalse();
        assertThat(served()).containsExactly("a", "c held", "d held");
        assertThat(live.seededAtMs()).as("nobody was named again").isZero();

        // and holds nobody any more
        assertThat(live.agree(loss("e1", 7, "e2", 1), 30)).isTrue();
        assertThat(served()).containsExactly("a");
        assertThat(live.suspicion()).isNull();
    }

    @Test
    void whoCameInASuspectedStoreIsHeldWhenThatOneIsLostToo() {
        live.offer(state("e1", 5, "a", "b"), 0);
        live.offer(state("e2", 1, "a", "c"), 10);

        live.offer(state("e3", 1, "a"), 20);
        assertThat(served()).containsExactly("a", "b held", "c held");

        live.offer(state("e3", 2, "a", "d"), 30);
        live.offerAbsence(40);
        assertThat(served()).containsExactly("a held", "b held", "c held", "d held");
        live.offer(state("e3", 1, "a"), 50);
        assertThat(served()).containsExactly("a", "b held", "c held", "d held");
    }

    @Test
    void whoIsNamedAgainIsHeldAgainShouldTheStoreBeLostOnceMore() {
        live.offer(state("e1", 5, "a", "b", "c"), 0);
        live.offer(state("e2", 1, "a"), 10);
        live.agree(loss("e1", 5, "e2", 1, "c"), 20);

        live.offer(state("e3", 1, "d"), 30);

        assertThat(served()).containsExactly("a held", "c held", "d");
    }

    @Test
    void whoeverKnewLessOrReadMoreOrSpeaksOfAnotherStoreChangesNothing() {
        live.offer(state("e1", 5, "a", "b"), 0);
        live.offer(state("e2", 3, "a"), 10);

        assertThat(live.agree(loss("e1", 4, "e2", 3), 20)).as("knew less").isFalse();
        assertThat(live.agree(loss("e0", 9, "e2", 3), 20)).as("another before").isFalse();
        assertThat(live.agree(loss("e1", 5, "e3", 3), 20)).as("another now").isFalse();
        assertThat(live.agree(loss("e1", 5, "e2", 4), 20)).as("read more").isFalse();
        assertThat(served()).containsExactly("a", "b held");
    }

    @Test
    void whatIsToldOfALossNamesTheHeldAndOutlivesTheHold() {
        assertThat(live.loss()).isNull();
        live.offer(state("e1", 5, "a", "b"), 0);
        assertThat(live.loss()).isNull();

        live.offer(state("e2", 3, "a"), 10);
        assertThat(live.loss()).isEqualTo(loss("e1", 5, "e2", 3, "b"));

        live.endHold(1_000);
        assertThat(live.loss()).isEqualTo(loss("e1", 5, "e2", 3));
    }

    @Test
    void whoKnewAStoreBeforeItWentBackStillKnowsMoreThanWhoDidNot() {
        live.offer(state("e1", 100, "a", "b", "c"), 0);
        live.offer(state("e1", 80, "a"), 10);

        // the registry gives it a new life
        live.offer(state("e2", 101, "a"), 20);
        assertThat(served()).containsExactly("a", "b held", "c held");

        assertThat(live.agree(loss("e1", 85, "e2", 101, "d"), 30)).isFalse();
        assertThat(served()).containsExactly("a", "b held", "c held");
        assertThat(live.agree(loss("e1", 101, "e2", 101, "b"), 40)).isTrue();
        assertThat(served()).containsExactly("a", "b held");
    }

    @Test
    void whoKnowsOnlyTheSecondOfTwoStoresThatWereLostIsNotRightAboutTheFirst() {
        live.offer(state("e1", 9, "a", "b", "c"), 0);
        live.offer(state("e2", 3, "a"), 10);
        live.offer(state("e3", 1, "d"), 20);
        assertThat(served()).containsExactly("a held", "b held", "c held", "d");

        assertThat(live.agree(loss("e2", 3, "e3", 1, "a"), 30)).isFalse();
        assertThat(served()).containsExactly("a held", "b held", "c held", "d");
        List<Revision> both = List.of(new Revision("e1", 9), new Revision("e2", 3));
        assertThat(Objects.requireNonNull(live.loss()).known()).isEqualTo(both);
        assertThat(live.agree(loss(both, "e3", 1, "a", "b"), 40)).isTrue();
        assertThat(served()).containsExactly("a held", "b held", "d");
    }

    @Test
    void theMarkOfALossChangesWithWhomItHolds() {
        Loss one = loss("e1", 5, "e2", 1, "a", "b");

        assertThat(one.mark()).isEqualTo(loss("e1", 5, "e2", 2, "a", "b").mark());
        assertThat(one.mark()).isNotEqualTo(loss("e1", 5, "e2", 1, "a", "c").mark());
        assertThat(one.mark()).isNotEqualTo(loss("e1", 6, "e2", 1, "a", "b").mark());
    }
}
