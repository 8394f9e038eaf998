package dev.moa.async.log;

/**
 * Where a record stands.
 *
 * @param partition its partition
 * @param offset its offset
 */
public record Position(int partition, long offset) {}
