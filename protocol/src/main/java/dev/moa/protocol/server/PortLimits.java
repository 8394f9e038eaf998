package dev.moa.protocol.server;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How much one port takes from its peers. Start from {@link #defaults()}.
 *
 * @param maxConnections connections at once (10,000); the next one gets an error and is closed
 * @param maxInFlightPerConnection calls of one connection that run at once (1,024); then it is not read from
 * @param maxInFlightBytesPerConnection bytes of those calls' requests, in bytes (16 MiB); then it is not read from
 * @param maxInFlightBytes bytes of the requests of all connections, in bytes (a quarter of the heap); beyond half of
 *     it callers by moa frames get a smaller window, beyond it requests are refused; as many bytes of answers may wait
 *     to be written on all connections
 * @param maxOutboundBytesPerConnection replies that wait for a slow reader, in bytes (1 MiB); then it is not read from
 * @param maxAnswerBytesPerConnection answers that are there and wait for those replies, or for a slower one before them,
 *     in bytes (64 MiB); with half of it waiting no RESP command is read, beyond it an answer is let go of, and its
 *     caller told
 * @param maxArguments arguments of one RESP command after AUTH (1,024); before it 10
 * @param maxArgumentBytes bytes of one RESP argument after AUTH (1 MiB); before it 16 KB
 * @param maxBodyBytes bytes of the body of one frame or one HTTP request (4 MiB)
 * @param defaultTimeout the deadline of a call that names none (1 s)
 * @param maxTimeout the longest deadline a call gets (10 min)
 * @param handshakeTimeout how long a connection may stay without showing its token where one is required, or in
 *     the middle of a TLS handshake (10 s)
 * @param idleTimeout how long a connection may stay without a byte and without a call in flight; zero means for
 *     ever (the default, as in Redis: pools keep connections)
 */
public record PortLimits(
        int maxConnections,
        int maxInFlightPerConnection,
        int maxInFlightBytesPerConnection,
        long maxInFlightBytes,
        int maxOutboundBytesPerConnection,
        int maxAnswerBytesPerConnection,
        int maxArguments,
        int maxArgumentBytes,
        int maxBodyBytes,
        Duration defaultTimeout,
        Duration maxTimeout,
        Duration handshakeTimeout,
        Duration idleTimeout) {

    private static final int MIB = 1 << 20;

    private static final PortLimits DEFAULTS = new PortLimits(
            10_000,
            1_024,
            16 * MIB,
            Runtime.getRuntime().maxMemory() / 4,
            MIB,
            64 * MIB,
            1_024,
            MIB,
            4 * MIB,
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ZERO);

    /** @throws IllegalArgumentException if a number or a time is not positive (idleTimeout may be zero) */
    public PortLimits {
        requirePositive("maxConnections", maxConnections);
        requirePositive("maxInFlightPerConnection", maxInFlightPerConnection);
        requirePositive("maxInFlightBytesPerConnection", maxInFlightBytesPerConnection);
        requirePositive("maxInFlightBytes", maxInFlightBytes);
        requirePositive("maxOutboundBytesPerConnection", maxOutboundBytesPerConnection);
        requirePositive("maxAnswerBytesPerConnection", maxAnswerBytesPerConnection);
        requirePositive("maxArguments", maxArguments);
        requirePositive("maxArgumentBytes", maxArgumentBytes);
        requirePositive("maxBodyBytes", maxBodyBytes);
        requirePositive("defaultTimeout", defaultTimeout.toMillis());
        requirePositive("maxTimeout", maxTimeout.toMillis());
        requirePositive("handshakeTimeout", handshakeTimeout.toMillis());
        if (idleTimeout.isNegative()) {
            throw new IllegalArgumentException("idleTimeout: %s (expected: >= 0)".formatted(idleTimeout));
        }
    }

    /** Returns the limits that suit a service behind a load of ordinary clients. */
    public static PortLimits defaults() {
        return DEFAULTS;
    }

    /** Returns the same limits with another number of connections. */
    public PortLimits withMaxConnections(int connections) {
        return with(edit -> edit.maxConnections = connections);
    }

    /** Returns the same limits with another number of calls and bytes in flight per connection. */
    public PortLimits withInFlight(int calls, int bytes) {
        return with(edit -> {
            edit.maxInFlightPerConnection = calls;
            edit.maxInFlightBytesPerConnection = bytes;
        });
    }

    /** Returns the same limits with another number of bytes in flight of all connections together. */
    public PortLimits withMaxInFlightBytes(long bytes) {
        return with(edit -> edit.maxInFlightBytes = bytes);
    }

    /** Returns the same limits with other numbers of bytes that wait for one slow reader: replies, and answers behind them. */
    public PortLimits withWaiting(int replyBytes, int answerBytes) {
        return with(edit -> {
            edit.maxOutboundBytesPerConnection = replyBytes;
            edit.maxAnswerBytesPerConnection = answerBytes;
        });
    }

    /** Returns the same limits with another number and size, in bytes, of RESP arguments. */
    public PortLimits withArguments(int count, int bytesEach) {
        return with(edit -> {
            edit.maxArguments = count;
            edit.maxArgumentBytes = bytesEach;
        });
    }

    /** Returns the same limits with another size, in bytes, of frame and HTTP bodies. */
    public PortLimits withMaxBodyBytes(int bytes) {
        return with(edit -> edit.maxBodyBytes = bytes);
    }

    /** Returns the same limits with other deadlines of calls. */
    public PortLimits withTimeouts(Duration byDefault, Duration longest) {
        return with(edit -> {
            edit.defaultTimeout = byDefault;
            edit.maxTimeout = longest;
        });
    }

    /** Returns the same limits with other patience for connections that do nothing. */
    public PortLimits withPatience(Duration handshake, Duration idle) {
        return with(edit -> {
            edit.handshakeTimeout = handshake;
            edit.idleTimeout = idle;
        });
    }

    private PortLimits with(Consumer<Edit> change) {
        Edit edit = new Edit(this);
        change.accept(edit);
        return edit.done();
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s: %d (expected: > 0)".formatted(name, value));
        }
    }

    /** The limits while some of them are changed. */
    private static final class Edit {
        private int maxConnections;
        private int maxInFlightPerConnection;
        private int maxInFlightBytesPerConnection;
        private long maxInFlightBytes;
        private int maxOutboundBytesPerConnection;
        private int maxAnswerBytesPerConnection;
        private int maxArguments;
        private int maxArgumentBytes;
        private int maxBodyBytes;
        private Duration defaultTimeout;
        private Duration maxTimeout;
        private Duration handshakeTimeout;
        private Duration idleTimeout;

        Edit(PortLimits from) {
            maxConnections = from.maxConnections;
            maxInFlightPerConnection = from.maxInFlightPerConnection;
            maxInFlightBytesPerConnection = from.maxInFlightBytesPerConnection;
            maxInFlightBytes = from.maxInFlightBytes;
            maxOutboundBytesPerConnection = from.maxOutboundBytesPerConnection;
            maxAnswerBytesPerConnection = from.maxAnswerBytesPerConnection;
            maxArguments = from.maxArguments;
            maxArgumentBytes = from.maxArgumentBytes;
            maxBodyBytes = from.maxBodyBytes;
            defaultTimeout = from.defaultTimeout;
            maxTimeout = from.maxTimeout;
            handshakeTimeout = from.handshakeTimeout;
            idleTimeout = from.idleTimeout;
        }

        PortLimits done() {
            return new PortLimits(
                    maxConnections,
                    maxInFlightPerConnection,
                    maxInFlightBytesPerConnection,
                    maxInFlightBytes,
                    maxOutboundBytesPerConnection,
                    maxAnswerBytesPerConnection,
                    maxArguments,
                    maxArgumentBytes,
                    maxBodyBytes,
                    defaultTimeout,
                    maxTimeout,
                    handshakeTimeout,
                    idleTimeout);
        }
    }
}
