package dev.moa.monitor.stream;

/**
 * A report as it lay in the stream.
 *
 * @param id the entry's id
 * @param receivedMs when Redis took it, by the clock of Redis
 * @param json the report, as it was sent
 */
public record ReceivedReport(String id, long receivedMs, byte[] json) {}
