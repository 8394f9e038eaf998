package dev.moa.examples.user;

/**
 * A user of the feed.
 *
 * @param latitude degrees north
 * @param longitude degrees east
 */
public record User(long id, String name, double latitude, double longitude) {}
