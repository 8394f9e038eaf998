package dev.moa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NamesTests {

    @Test
    void serviceNamesFollowTheGrammar() {
        Pattern grammar = Pattern.compile("(/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");
        String alphabet = "//ab0-9zA_é ";
        Random random = new Random(5);
        int valid = 0;
        for (int i = 0; i < 100_000; i++) {
            StringBuilder name = new StringBuilder(random.nextInt(4) == 0 ? "" : "/");
            int length = random.nextInt(i % 100 == 0 ? 140 : 7);
            int letters = random.nextInt(3) == 0 ? alphabet.length() : 8;
            for (int j = 0; j < length; j++) {
                name.append(length > 7 && random.nextInt(20) > 0 ? 'x' : alphabet.charAt(random.nextInt(letters)));
            }
            String text = name.toString();
            boolean expected = text.length() <= ServiceName.MAX_LENGTH
                    && grammar.matcher(text).matches();

            assertThat(isServiceName(text)).as(text).isEqualTo(expected);
            valid += expected ? 1 : 0;
        }
        assertThat(valid).isGreaterThan(1_000);
        assertThat(isServiceName("/" + "x".repeat(63))).isTrue();
        assertThat(isServiceName("/" + "x".repeat(64))).isFalse();
    }

    @Test
    void aWrongNameIsNamedWithWhatWasExpected() {
        assertThatThrownBy(() -> ServiceName.of("user"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service: 'user' (expected: segments like /service/user of a-z, 0-9 and -, at most 128"
                        + " characters)");
        assertThatThrownBy(() -> MethodName.require("1st")).hasMessageStartingWith("method: '1st' (expected:");
        assertThat(MethodName.require("$describe")).isEqualTo("$describe");
        assertThat(MethodName.isBuiltIn("$describe")).isTrue();
    }

    private static boolean isServiceName(String text) {
        try {
            ServiceName.of(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
