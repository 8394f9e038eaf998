package dev.moa.router.nameserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerRateTests {

    @Test
    void aNetworkAboveItsAllowanceIsSentToTcpOrNotAnswered() throws Exception {
        AnswerRate rate = new AnswerRate(2);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        InetAddress sameNetwork = InetAddress.getByName("192.0.2.77");

        assertThat(rate.judge(one, 5)).isEqualTo(AnswerRate.Verdict.ANSWER);
        assertThat(rate.judge(sameNetwork, 5)).isEqualTo(AnswerRate.Verdict.ANSWER);
        assertThat(rate.judge(one, 5)).isEqualTo(AnswerRate.Verdict.DROP);
        assertThat(rate.judge(one, 5)).isEqualTo(AnswerRate.Verdict.TRUNCATE);
        assertThat(rate.judge(InetAddress.getByName("198.51.100.1"), 5)).isEqualTo(AnswerRate.Verdict.ANSWER);
        assertThat(rate.judge(one, 6)).as("the next second").isEqualTo(AnswerRate.Verdict.ANSWER);
    }

    @Test
    void thisMachineIsNotLimited() {
        AnswerRate rate = new AnswerRate(1);

        for (int i = 0; i < 10; i++) {
            assertThat(rate.judge(InetAddress.getLoopbackAddress(), 5)).isEqualTo(AnswerRate.Verdict.ANSWER);
        }
    }

    @Test
    void onlyTheNamedNetworksMayAsk() {
        Admission admission = new Admission(List.of("10.0.0.0/8", "fd00::/8"));

        assertThat(admission.allows(new InetSocketAddress("10.1.2.3", 5))).isTrue();
        assertThat(admission.allows(new InetSocketAddress("fd00::1", 5))).isTrue();
        assertThat(admission.allows(new InetSocketAddress("127.0.0.1", 5))).isTrue();
        assertThat(admission.allows(new InetSocketAddress("192.0.2.1", 5))).isFalse();
    }
}
