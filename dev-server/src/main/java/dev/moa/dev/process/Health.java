package dev.moa.dev.process;

/** The answer of a health check: fine or not, and what was seen, in a few words for people. */
public record Health(boolean isGood, String detail) {
    public static Health good(String detail) {
        return new Health(true, detail);
    }

    public static Health bad(String detail) {
        return new Health(false, detail);
    }
}
