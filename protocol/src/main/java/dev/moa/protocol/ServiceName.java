package dev.moa.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The name of a service, for example {@code /service/feed/nearby}: one or more segments, each a slash and
 * {@code [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?}, at most {@value #MAX_LENGTH} characters in all.
 *
 * @param value the name as written on the wire
 */
public record ServiceName(@JsonValue String value) implements Comparable<ServiceName> {

    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 128;

    private static final int MAX_SEGMENT_LENGTH = 63;

    /** @throws IllegalArgumentException if {@code value} is not a service name */
    public ServiceName {
        if (value.length() > MAX_LENGTH || !isValid(value)) {
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

    // written out: this is the key of the first look-up of every call
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof ServiceName that && value.equals(that.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }

    // written out, not a regular expression: it runs for every call
    private static boolean isValid(String value) {
        int length = value.length();
        if (length < 2 || value.charAt(0) != '/') {
            return false;
        }
        int segment = 1;
        for (int i = 1; i <= length; i++) {
            if (i == length || value.charAt(i) == '/') {
                int segmentLength = i - segment;
                if (segmentLength == 0
                        || segmentLength > MAX_SEGMENT_LENGTH
                        || value.charAt(segment) == '-'
                        || value.charAt(i - 1) == '-') {
                    return false;
                }
                segment = i + 1;
            } else {
                char c = value.charAt(i);
                if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
                    return false;
                }
            }
        }
        return true;
    }

    static String abbreviate(String value) {
        return value.length() <= MAX_LENGTH ? value : value.substring(0, MAX_LENGTH) + "…";
    }
}
