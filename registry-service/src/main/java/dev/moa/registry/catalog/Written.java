package dev.moa.registry.catalog;

/**
 * The answer to a change or a removal.
 *
 * @param changed whether there was anything to do
 * @param revision the service's revision with it
 */
public record Written(String id, long incarnation, boolean changed, String epoch, long revision) {}
