package dev.moa.registry.catalog;

/**
 * How far somebody knows a service.
 *
 * @param epoch the birth mark of the store; empty where the service was not registered
 */
public record Position(String epoch, long revision) {

    /** Returns whether somebody here knows everything up to {@code other}. */
    public boolean covers(Position other) {
        return epoch.equals(other.epoch) && revision >= other.revision;
    }
}
