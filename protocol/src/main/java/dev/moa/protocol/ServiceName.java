package dev.moa.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The name of a service, for example {@code /service/feed/nearby}: one or more segments, each a slash and
 * {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}, at most {@value #MAX_LENGTH} characters in all.
 *
 * @param value the name as written on the wire
 */
public record ServiceName(@JsonValue String value) implements Comparable<ServiceName> {

    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 128;

    private static final Pattern GRAMMAR = Pattern.compile("(/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+");

    /** @throws IllegalArgumentException if {@code value} is not a service name */
    public ServiceName {
        if (value.length() > MAX_LENGTH || !GRAMMAR.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "service: '%s' (expected: segments like /service/user of a-z, 0-9 and -, at most %d characters)"
                            .formatted(abbreviate(value), MAX_LENGTH));
        }
    }

    /** Returns the name, checked. */
    @JsonCreator
    public static ServiceName of(String value) {
        return new ServiceName(value);
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    static String abbreviate(String value) {
        return value.length() <= MAX_LENGTH ? value : value.substring(0, MAX_LENGTH) + "…";
    }
}
