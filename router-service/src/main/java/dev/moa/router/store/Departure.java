package dev.moa.router.store;

/**
 * What a change says of who is still there.
 *
 * @param epoch birth mark of the store that wrote it
 * @param revision of the service
 * @param id of whom
 * @param isGone whether it left with it; else it is there
 */
public record Departure(String epoch, long revision, String id, boolean isGone) {}
