package dev.moa.registry.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceId;
import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.Overridden;
import dev.moa.registry.catalog.ProbeSpec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchedTests {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration QUICK = Duration.ofMillis(2);
    private static final int NEEDED = 3;
    private static final InstanceId ID = InstanceId.create(ServiceName.of("/service/a"));
    private static final ProberProperties SETTINGS = settings(Duration.ZERO);

    @Test
    void registriesAreAskedBeforeTheLastFailureAndItIsProbedOnMeanwhile() {
        Watched watched = watched(true);

        Watched.Step first = watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        Watched.Step between = watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        Watched.Step second = watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        boolean sureAtTwo = watched.hasFailed(NEEDED);
        Watched.Step third = watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);

        assertThat(first).isEqualTo(Watched.Step.GO_ON);
        assertThat(between).isEqualTo(Watched.Step.GO_ON);
        assertThat(second).isEqualTo(Watched.Step.ASK);
        assertThat(sureAtTwo).isFalse();
        assertThat(third).isEqualTo(Watched.Step.GO_ON);
        assertThat(watched.hasFailed(NEEDED)).isTrue();
        assertThat(watched.take(System.nanoTime() + PAUSE.toNanos() * 2)).isTrue();
    }

    @Test
    void anAnswerEndsTheQuestion() {
        Watched watched = watched(true);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        boolean asking = watched.askingFor() != null;

        watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);

        assertThat(asking).isTrue();
        assertThat(watched.askingFor()).isNull();
        assertThat(watched.isFailing()).isFalse();
    }

    @Test
    void whoIsSparedForTheFailuresOfManyStillFailsAndAsksAgain() {
        Watched watched = watched(true);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);

        watched.vetoed("many fail");
        boolean failing = watched.isFailing();
        Watched.Step next = watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);

        assertThat(failing).isTrue();
        assertThat(next).isEqualTo(Watched.Step.ASK);
    }

    @Test
    void probesWaitAsLongAsAnswersTakeAndTheLastOneBeforeAVerdictForTheWholeTimeout() {
        Watched watched = watched(true);
        Duration unknown = watched.patience(SETTINGS, NEEDED);
        watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        Duration quick = watched.patience(SETTINGS, NEEDED);
        watched.note(Finding.alive("y"), Duration.ofMillis(75), SETTINGS, PAUSE);
        Duration slow = watched.patience(SETTINGS, NEEDED);
        for (int i = 0; i < 20; i++) {
            watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        }
        Duration faded = watched.patience(SETTINGS, NEEDED);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        Duration second = watched.patience(SETTINGS, NEEDED);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        Duration last = watched.patience(SETTINGS, NEEDED);
        Duration notTheLastOfFour = watched.patience(SETTINGS, NEEDED + 1);
        watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        Duration afterALateOne = watched.patience(SETTINGS, NEEDED);

        assertThat(unknown).isEqualTo(Duration.ofMillis(400));
        assertThat(List.of(quick, faded, second, notTheLastOfFour)).containsOnly(Duration.ofMillis(200));
        assertThat(slow).isEqualTo(Duration.ofMillis(300));
        assertThat(List.of(last, afterALateOne)).containsOnly(Duration.ofMillis(400));
    }

    @Test
    void whoNeverAnsweredAndDidNotAskForProbesIsLeftAlone() {
        Watched watched = watched(false);

        for (int i = 0; i < 10; i++) {
            assertThat(watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE))
                    .isEqualTo(Watched.Step.GO_ON);
        }

        assertThat(watched.isFailing()).isFalse();
        watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        watched.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        assertThat(watched.isFailing()).isTrue();
    }

    @Test
    void whoIsOutComesBackAfterSuccessesAndTheHoldDown() {
        Watched watched = watched(true);
        ProberProperties patient = settings(Duration.ofHours(1));
        watched.tookOut();

        Watched.Step first = watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        Watched.Step heldDown = watched.note(Finding.alive("y"), QUICK, patient, PAUSE);
        Watched.Step second = watched.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);

        assertThat(first).isEqualTo(Watched.Step.GO_ON);
        assertThat(heldDown).isEqualTo(Watched.Step.GO_ON);
        assertThat(second).isEqualTo(Watched.Step.BRING_BACK);
    }

    @Test
    void whoIsFoundOutComesBackByItsAnswersUnlessItIsAskedAbout() {
        Watched lives = watched(true);
        lives.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE);
        Watched doubted = watched(true);
        doubted.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        doubted.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);

        lives.foundOut(System.nanoTime());
        doubted.foundOut(System.nanoTime());

        Watched.Step heldDown = lives.note(Finding.alive("y"), QUICK, settings(Duration.ofHours(1)), PAUSE);
        assertThat(heldDown).isEqualTo(Watched.Step.GO_ON);
        assertThat(lives.note(Finding.alive("y"), QUICK, SETTINGS, PAUSE)).isEqualTo(Watched.Step.BRING_BACK);
        assertThat(doubted.isOut()).isFalse();
    }

    @Test
    void whoHasComeBackSinceTheVerdictsWereAskedForIsNotFoundOut() {
        Watched back = watched(true);
        back.tookOut();
        long asked = System.nanoTime();
        back.broughtBack();

        back.foundOut(asked);

        assertThat(back.isOut()).isFalse();
    }

    @Test
    void whoseVerdictIsGoneIsAskedAboutAgainOnceItIsListedAsIn() {
        Watched dead = watched(true);
        for (int i = 0; i < NEEDED; i++) {
            dead.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE);
        }
        dead.tookOut();
        dead.update(instance(markedOut(dead.lease().id())));
        dead.foundNoVerdict();
        boolean outWhileListedSo = dead.isOut();
        dead.update(instance(null));

        dead.foundNoVerdict();

        assertThat(outWhileListedSo).isTrue();
        assertThat(dead.isOut()).isFalse();
        assertThat(dead.note(Finding.failed("x"), QUICK, SETTINGS, PAUSE)).isEqualTo(Watched.Step.ASK);
        assertThat(dead.hasFailed(NEEDED)).isTrue();
    }

    private static ProberProperties settings(Duration holdDown) {
        return new ProberProperties(
                true,
                Duration.ofSeconds(1),
                Duration.ofMillis(400),
                Duration.ofMillis(200),
                500,
                3,
                Duration.ofMillis(100),
                2,
                holdDown,
                0.5,
                List.of());
    }

    private static Watched watched(boolean asked) {
        return new Watched(instance(null), new ProbeSpec(ProbeSpec.Kind.TCP, null), asked);
    }

    private static Overridden markedOut(InstanceId id) {
        return new Overridden(
                List.of(Watched.verdictId(id) + ": prober: dead"), InstanceStatus.UP, 100, new TreeMap<>());
    }

    private static Instance instance(@Nullable Overridden overridden) {
        return new Instance(
                ID.value(),
                1,
                "/service/a",
                "127.0.0.1",
                7001,
                new TreeSet<>(Set.of("http")),
                100,
                null,
                null,
                new TreeMap<>(),
                new TreeMap<>(),
                null,
                overridden,
                InstanceStatus.UP,
                10,
                1,
                false,
                ChangeReason.REGISTERED);
    }
}
