package dev.moa.registry.store;

/**
 * What a look at Redis found.
 *
 * @param nowMs Redis's time
 * @param resumedAtMs since when, by Redis's time, looks have found it without a break
 */
public record Look(long nowMs, long resumedAtMs) {}
