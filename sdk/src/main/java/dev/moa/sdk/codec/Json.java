package dev.moa.sdk.codec;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * How Java values become JSON between peers. Without default typing: what is built is what the interface names,
 * never what the peer picks. Depth and lengths are bounded before memory is taken.
 */
public final class Json {

    /** Levels of nesting in one value. */
    public static final int MAX_DEPTH = 64;

    /** Characters of one string. */
    public static final int MAX_STRING_LENGTH = 16 << 20;

    /** What a value may be at most, in JSON and in CBOR. */
    static final StreamReadConstraints CONSTRAINTS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxStringLength(MAX_STRING_LENGTH)
            .maxNumberLength(512)
            .maxNameLength(1_024)
            .build();

    /** The one mapper of the sdk; thread-safe. */
    public static final JsonMapper MAPPER = configure(JsonMapper.builder(
                    JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build()))
            .build();

    /** Writes a declared exception: its own properties, never its stack, cause or message. */
    public static final JsonMapper FAILURES =
            MAPPER.rebuild().addMixIn(Throwable.class, OwnPropertiesOnly.class).build();

    private Json() {}

    static <B extends MapperBuilder<?, B>> B configure(B builder) {
        // "12" is not a number and 1.5 is not an int: a caller's mistake is named, not guessed away
        return builder.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    }

    @JsonIgnoreProperties({"stackTrace", "cause", "suppressed", "message", "localizedMessage"})
    private abstract static class OwnPropertiesOnly {}
}
