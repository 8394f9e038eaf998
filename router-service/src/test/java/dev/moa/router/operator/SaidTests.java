package dev.moa.router.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;

class SaidTests {

    @Test
    void wordIsWrittenDownAsItIs() {
        String word = "{\"instances\":[{\"host\":\"10.0.0.9\",\"port\":7000}],\"by\":\"anna\",\"atMs\":5}";

        assertThat(Said.inShort(word)).isEqualTo(word);
    }

    @Test
    void listOfALongWordIsCounted() {
        String many = String.join(",", Collections.nCopies(1_000, "{\"host\":\"10.0.0.9\",\"port\":7000}"));

        assertThat(Said.inShort("{\"instances\":[" + many + "],\"by\":\"anna\",\"reason\":\"a drill\",\"atMs\":5}"))
                .isEqualTo("{\"instances\":1000,\"by\":\"anna\",\"reason\":\"a drill\",\"atMs\":5}");
    }
}
