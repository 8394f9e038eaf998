package dev.moa.router.operator;

/**
 * One word of an operator, as it reached Redis.
 *
 * @param field what it is about
 * @param json what was said, with {@code atMs}, {@code by} and {@code reason}
 */
public record Said(String field, String json) {}
