package dev.moa.router.memo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MemoTests {
    private static final byte[] BYTES = "--question--".getBytes(US_ASCII);

    @Test
    void whatWasKeptIsFoundByEqualBytesWhereverTheyLie() {
        Memo<String> memo = new Memo<>(16);

        memo.put(BYTES, 2, 8, "answer");

        assertThat(memo.get("question".getBytes(US_ASCII), 0, 8)).isEqualTo("answer");
        assertThat(memo.get(BYTES, 0, 8)).isNull();
        assertThat(memo.get(BYTES, 2, 7)).isNull();
    }

    @Test
    void oneSlotKeepsTheLastAndNeverAnswersForAnother() {
        Memo<String> memo = new Memo<>(1);

        memo.put(BYTES, 0, 2, "first");
        memo.put(BYTES, 2, 8, "second");

        assertThat(memo.get(BYTES, 0, 2)).isNull();
        assertThat(memo.get(BYTES, 2, 8)).isEqualTo("second");
    }

    @Test
    void longBytesAreNotKept() {
        Memo<String> memo = new Memo<>(1);
        byte[] many = new byte[257];

        memo.put(many, 0, many.length, "never");

        assertThat(memo.get(many, 0, many.length)).isNull();
    }

    @Test
    void slotsThatAreNoPowerOfTwoAreRefused() {
        assertThatThrownBy(() -> new Memo<>(12)).hasMessageContaining("12").hasMessageContaining("power of two");
    }
}
