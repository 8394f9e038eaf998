package dev.moa.registry.watch;

/**
 * How far a subscriber knows a service.
 *
 * @param epoch the birth mark of the store; empty where the service was not registered
 */
public record Position(String epoch, long revision) {

    /** Returns whether a subscriber here knows everything up to {@code other}. */
    boolean covers(Position other) {
        return epoch.equals(other.epoch) && revision >= other.revision;
    }
}
