package dev.moa.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.ServiceAnswer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class LookupsTests {

    private static final ServiceName PHP = ServiceName.of("/service/php");

    private final AtomicLong now = new AtomicLong(1);
    private final Questions questions = new Questions();
    private final Lookups lookups = new Lookups(questions, now::get);

    @Test
    void oneQuestionServesAllWhoWaitForItAndASecondMore() {
        CompletableFuture<?> first = lookups.instances(PHP);
        CompletableFuture<?> second = lookups.instances(PHP);

        questions.answer(1001);

        assertThat(first.join()).isEqualTo(second.join());
        assertThat(lookups.instances(PHP)).isCompleted();
        assertThat(questions.asked).isEqualTo(1);
    }

    @Test
    void anOldAnswerIsUsedWhileANewOneIsOnItsWay() {
        lookups.instances(PHP);
        questions.answer(1001);
        now.addAndGet(Lookups.FRESH.plusMillis(1).toNanos());

        assertThat(ports()).containsExactly(1001);
        questions.answer(1002);

        assertThat(ports()).containsExactly(1002);
        assertThat(questions.asked).isEqualTo(2);
    }

    @Test
    void anAnswerInDoubtIsAskedForAgain() {
        lookups.instances(PHP);
        questions.answer(1001);

        lookups.doubt(PHP);
        CompletableFuture<List<InstanceAddress>> again = lookups.instances(PHP);
        questions.answer(1002);

        assertThat(again.join()).extracting(InstanceAddress::port).containsExactly(1002);
    }

    @Test
    void whatNobodyKnowsIsRememberedToo() {
        lookups.instances(PHP);
        questions.fail(StatusCode.NOT_FOUND);

        assertThat(lookups.instances(PHP).join()).isNull();
        assertThat(questions.asked).isEqualTo(1);
    }

    @Test
    void withoutRoutersTheLastAnswerHoldsForAWhile() {
        lookups.instances(PHP);
        questions.answer(1001);
        now.addAndGet(Duration.ofMinutes(5).toNanos());

        CompletableFuture<List<InstanceAddress>> later = lookups.instances(PHP);
        questions.fail(StatusCode.UNAVAILABLE);

        assertThat(later.join()).hasSize(1);
        now.addAndGet(Lookups.LAST_RESORT.toNanos());
        CompletableFuture<List<InstanceAddress>> tooLate = lookups.instances(PHP);
        questions.fail(StatusCode.UNAVAILABLE);
        assertThatThrownBy(tooLate::join).hasCauseInstanceOf(MoaException.class);
    }

    @Test
    void onlyInstancesThatSpeakHttpCount() {
        CompletableFuture<List<InstanceAddress>> answer = lookups.instances(PHP);
        InstanceAddress plain = InstanceAddress.of("127.0.0.1", 1001);
        InstanceAddress respOnly = new InstanceAddress(
                "r",
                1,
                "127.0.0.1",
                1002,
                Set.of("resp"),
                100,
                null,
                null,
                plain.tags(),
                plain.metadata(),
                plain.status(),
                false);

        questions.waiting.remove().complete(new ServiceAnswer(PHP, "e", 1, "live", 0, List.of(plain, respOnly)));

        assertThat(answer.join()).containsExactly(plain);
    }

    private List<Integer> ports() {
        return lookups.instances(PHP).join().stream().map(InstanceAddress::port).toList();
    }

    /** A directory whose answers the test gives. */
    private static final class Questions implements Directory {
        private final Deque<CompletableFuture<ServiceAnswer>> waiting = new ArrayDeque<>();
        private int asked;

        @Override
        public CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline) {
            asked++;
            CompletableFuture<ServiceAnswer> answer = new CompletableFuture<>();
            waiting.add(answer);
            return answer;
        }

        @Override
        public AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener) {
            return () -> {};
        }

        void answer(int port) {
            waiting.remove()
                    .complete(
                            new ServiceAnswer(PHP, "e", 1, "live", 0, List.of(InstanceAddress.of("127.0.0.1", port))));
        }

        void fail(StatusCode code) {
            waiting.remove().completeExceptionally(new MoaException(code, "for the test"));
        }
    }
}
