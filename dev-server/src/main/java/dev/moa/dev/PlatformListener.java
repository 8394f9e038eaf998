package dev.moa.dev;

/** Hears one line for people at each step; {@code part} is empty where it is about the whole. */
@FunctionalInterface
public interface PlatformListener {
    void heard(String part, String line);

    static PlatformListener silent() {
        return (part, line) -> {};
    }
}
