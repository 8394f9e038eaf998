package dev.moa.router.store;

/**
 * How far a store is with one service.
 *
 * @param epoch its birth mark
 * @param number its revision
 */
public record Revision(String epoch, long number) {}
