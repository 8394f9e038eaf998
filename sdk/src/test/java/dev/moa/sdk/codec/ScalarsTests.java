package dev.moa.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.Payload;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JavaType;

/** The short way says what Jackson says, or nothing. */
class ScalarsTests {

    private static final List<Class<?>> TYPES = List.of(
            String.class, int.class, Integer.class, long.class, Long.class, boolean.class, Boolean.class, Object.class);
    private static final List<String> SEEDS = List.of(
            "\"world\"",
            "\"a \\\"b\\\" c\"",
            "\"wörld\"",
            "0",
            "-0",
            "7",
            "-42",
            "2147483647",
            "2147483648",
            "999999999999999999",
            "9223372036854775807",
            "1.5",
            "1e3",
            "true",
            "false",
            "null",
            " \"x\" ",
            "[1]");
    private static final String INTERESTING = "0123456789-+.eE\"\\ truefalsn[],\t\u007fä";

    @Test
    void whatTheShortWayReadsIsWhatJacksonReads() {
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            Payload json = Payload.json(mutated(random));
            JavaType type = Json.MAPPER.getTypeFactory().constructType(TYPES.get(random.nextInt(TYPES.size())));

            Object value = Scalars.read(type, json);

            if (value != null) {
                read++;
                assertThat(value).as(json.text()).isEqualTo(byJackson(type, json));
            }
        }
        assertThat(read).isGreaterThan(1_000);
    }

    @Test
    void whatTheShortWayWritesIsWhatJacksonWrites() {
        for (Object value : List.of(
                "",
                "world",
                "a\"b",
                "tab\t",
                "\u007f",
                "wörld",
                "世界",
                0,
                -7,
                Integer.MIN_VALUE,
                1L,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                true,
                false)) {
            JavaType type = Json.MAPPER.getTypeFactory().constructType(value.getClass());

            Payload json = Scalars.write(type, value);

            if (json != null) {
                assertThat(json.text()).isEqualTo(Json.MAPPER.writeValueAsString(value));
            } else {
                assertThat(value).asString().containsPattern("[^ -~]|\"|\\\\");
            }
        }
    }

    @Test
    void whatIsNotAScalarIsLeftToJackson() {
        JavaType list = Json.MAPPER.getTypeFactory().constructCollectionType(List.class, String.class);

        assertThat(Scalars.write(list, List.of("a"))).isNull();
        assertThat(Scalars.read(list, Payload.json("[\"a\"]"))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"world\",7,true]",
                " [ \"world\" , 7 , true ] ",
                "[\"w\\u00f6rld\",7,true]",
                "{\"text\":\"world\",\"number\":7,\"flag\":true}"
            })
    void argumentsAreTheSameHoweverTheyAreWritten(String args) {
        ServiceMethod method = ServiceInterface.of(Three.class).method("three");

        assertThat(method).isNotNull();
        assertThat(method.readArguments(Payload.json(args)))
                .containsExactly(args.contains("u00f6") ? "wörld" : "world", 7L, true);
    }

    /** Three scalars. */
    interface Three {
        String three(String text, long number, boolean flag);
    }

    private static @Nullable Object byJackson(JavaType type, Payload json) {
        try {
            return Json.MAPPER.readerFor(type).readValue(json.array(), json.offset(), json.length());
        } catch (JacksonException e) {
            return "refused: " + e.getOriginalMessage();
        }
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
        for (int mutations = random.nextInt(3); mutations > 0; mutations--) {
            char c = INTERESTING.charAt(random.nextInt(INTERESTING.length()));
            int at = random.nextInt(text.length() + 1);
            if (at < text.length() && random.nextBoolean()) {
                text.setCharAt(at, c);
            } else {
                text.insert(at, c);
            }
        }
        return text.toString();
    }
}
