package dev.moa.protocol;

/**
 * The grammar of method names: {@code [$A-Za-z][A-Za-z0-9_]{0,63}}. Names that start with {@code $} are
 * built in ({@code $describe}, {@code $ping}) and cannot be published.
 */
public final class MethodName {

    /** The longest name, in characters. */
    public static final int MAX_LENGTH = 64;

    private MethodName() {}

    /**
     * Returns {@code value} if it is a method name.
     *
     * @throws IllegalArgumentException if it is not
     */
    public static String require(String value) {
        if (!isValid(value)) {
            throw new IllegalArgumentException(
                    "method: '%s' (expected: a letter or $, then letters, digits and _, at most %d characters)"
                            .formatted(ServiceName.abbreviate(value), MAX_LENGTH));
        }
        return value;
    }

    /** Returns whether {@code value} names a built-in method. */
    public static boolean isBuiltIn(String value) {
        return value.startsWith("$");
    }

    // written out, not a regular expression: it runs for every call
    private static boolean isValid(String value) {
        int length = value.length();
        if (length == 0 || length > MAX_LENGTH || !(value.charAt(0) == '$' || isLetter(value.charAt(0)))) {
            return false;
        }
        for (int i = 1; i < length; i++) {
            char c = value.charAt(i);
            if (!isLetter(c) && !(c >= '0' && c <= '9') && c != '_') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
