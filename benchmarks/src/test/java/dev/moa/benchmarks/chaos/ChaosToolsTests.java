package dev.moa.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.ServiceName;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChaosToolsTests {
    private static final String WAKE = "$7\r\nmessage\r\n$8\r\nmoa:wake\r\n$7\r\n/s e1 4\r\n";

    @Test
    void onlyMessagesOfPubSubAreLostHoweverTheBytesCome() {
        String replies = "+OK\r\n>3\r\n" + WAKE + "%1\r\n$1\r\na\r\n*-1\r\n*3\r\n" + WAKE + "$-1\r\n:7\r\n";
        PushFilter filter = new PushFilter();
        WakeLoss all = new WakeLoss(1, 1);
        StringBuilder passed = new StringBuilder();

        for (byte each : replies.getBytes(StandardCharsets.US_ASCII)) {
            passed.append(
                    filter.pass(Unpooled.wrappedBuffer(new byte[] {each}), all).toString(StandardCharsets.US_ASCII));
        }

        assertThat(passed.toString()).isEqualTo("+OK\r\n%1\r\n$1\r\na\r\n*-1\r\n$-1\r\n:7\r\n");
        assertThat(all.lost()).isEqualTo(2);
    }

    @Test
    void theSameSeedGivesTheSamePlanAndEveryFaultComes() {
        List<Fault.Kind> kinds = Arrays.asList(Fault.Kind.values());

        List<List<Fault>> plan = rounds(new Plan(7, kinds), kinds.size());

        assertThat(plan).isEqualTo(rounds(new Plan(7, kinds), kinds.size()));
        assertThat(plan).isNotEqualTo(rounds(new Plan(8, kinds), kinds.size()));
        assertThat(plan).extracting(round -> round.get(0).kind()).containsExactlyInAnyOrderElementsOf(kinds);
    }

    @Test
    void whoIsBornWhileARouterSeesNothingCountsFromWhenItSeesAgain() {
        ServiceName service = ServiceName.of("/service/chaos");
        Ledger ledger = new Ledger();
        Ledger.Life life = new Ledger.Life(service, 1);
        ledger.add(life);
        ledger.blind("router-0");
        life.born(System.nanoTime() - 60_000_000_000L);
        Ledger.Life young = new Ledger.Life(service, 2);
        ledger.add(young);
        young.born(System.nanoTime());

        assertThat(ledger.required(service, "router-0", System.nanoTime() + 3_000_000_000L))
                .containsExactly(life);
        assertThat(ledger.required(service, "router-1", System.nanoTime() + 3_000_000_000L))
                .containsExactly(life, young);
    }

    @Test
    void aRouterThatIsBlindForTwoReasonsSeesWhenBothAreOver() {
        ServiceName service = ServiceName.of("/service/chaos/s0");
        Ledger ledger = new Ledger();
        Ledger.Life young = new Ledger.Life(service, 1);
        ledger.add(young);
        ledger.blind("router-0");
        ledger.blind("router-0");
        young.born(System.nanoTime());

        ledger.sees("router-0");
        assertThat(ledger.required(service, "router-0", System.nanoTime() + 3_000_000_000L))
                .isEmpty();
        ledger.sees("router-0");
        assertThat(ledger.required(service, "router-0", System.nanoTime() + 3_000_000_000L))
                .containsExactly(young);
    }

    private static List<List<Fault>> rounds(Plan plan, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(plan::round).toList();
    }
}
