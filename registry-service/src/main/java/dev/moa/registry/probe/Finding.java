package dev.moa.registry.probe;

/**
 * What a probe of an instance found.
 *
 * @param alive whether it answered as it should
 * @param refused whether its host answered that nobody listens: proof of death
 * @param words in words for people
 */
record Finding(boolean alive, boolean refused, String words) {

    static Finding alive(String words) {
        return new Finding(true, false, words);
    }

    static Finding failed(String words) {
        return new Finding(false, false, words);
    }

    static Finding of(Probe.Outcome outcome) {
        return switch (outcome) {
            case ACCEPTED -> alive("the port accepts connections");
            case REFUSED -> new Finding(false, true, "the connection is refused");
            case SILENT -> failed("no answer");
        };
    }
}
