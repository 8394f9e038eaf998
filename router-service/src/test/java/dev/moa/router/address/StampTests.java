package dev.moa.router.address;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StampTests {

    @Test
    void aStampIsReadAsItWasWritten() {
        for (Stamp stamp : new Stamp[] {new Stamp("e:1", 7, ""), new Stamp("e", 7, "ab"), new Stamp("", 0, "")}) {
            assertThat(Stamp.parse(stamp.toString())).isEqualTo(stamp);
        }
        assertThat(Stamp.parse("-")).isNull();
        assertThat(Stamp.parse("e:x:")).isNull();
        assertThat(Stamp.parse("")).isNull();
    }

    @Test
    void aClientIsNotSentBackWithinAnEpoch() {
        assertThat(new Stamp("e", 8, "").isNewsFor(new Stamp("e", 7, ""))).isTrue();
        assertThat(new Stamp("e", 7, "").isNewsFor(new Stamp("e", 7, ""))).isFalse();
        assertThat(new Stamp("e", 6, "").isNewsFor(new Stamp("e", 7, ""))).isFalse();
        assertThat(new Stamp("f", 1, "").isNewsFor(new Stamp("e", 7, ""))).isTrue();
        assertThat(new Stamp("e", 6, "x").isNewsFor(new Stamp("e", 7, ""))).isTrue();
        assertThat(new Stamp("e", 6, "x").isNewsFor(new Stamp("e", 6, "x"))).isFalse();
    }
}
