package dev.moa.protocol.client;

import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link MoaConnection} is opened and kept. Start from {@link #defaults()}.
 *
 * @param connectTimeout time for TCP, TLS and HELLO together (1 s)
 * @param token the secret for the other end; null where it asks for none
 * @param app the name of this process as the other end shows it; null where unknown
 * @param maxInFlight calls at once on the connection (1,024); the peer may ask for fewer
 * @param keepAlive how long the peer may be silent before it is pinged, and again before it is given up (5 s)
 * @param maxBodyBytes bytes of the largest answer that is taken (16 MiB)
 * @param maxInFlightBytes bytes of arguments of the calls in flight (64 MiB); the peer may ask for fewer. As many bytes
 *     of answers may wait at the peer for this end to read them
 * @param ssl TLS to the other end; null for plain TCP
 */
public record ConnectionOptions(
        Duration connectTimeout,
        @Nullable String token,
        @Nullable String app,
        int maxInFlight,
        Duration keepAlive,
        int maxBodyBytes,
        int maxInFlightBytes,
        @Nullable SslContext ssl) {

    private static final ConnectionOptions DEFAULTS = new ConnectionOptions(
            Duration.ofSeconds(1), null, null, 1_024, Duration.ofSeconds(5), 16 << 20, 64 << 20, null);

    /** @throws IllegalArgumentException if a number or a time is not positive */
    public ConnectionOptions {
        requirePositive("connectTimeout", connectTimeout.toMillis());
        requirePositive("maxInFlight", maxInFlight);
        requirePositive("keepAlive", keepAlive.toMillis());
        requirePositive("maxBodyBytes", maxBodyBytes);
        requirePositive("maxInFlightBytes", maxInFlightBytes);
    }

    /** Returns the options for a peer that asks for no token. */
    public static ConnectionOptions defaults() {
        return DEFAULTS;
    }

    /** Returns the same options with another time to connect. */
    public ConnectionOptions withConnectTimeout(Duration timeout) {
        return new ConnectionOptions(timeout, token, app, maxInFlight, keepAlive, maxBodyBytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options with another token. */
    public ConnectionOptions withToken(@Nullable String newToken) {
        return new ConnectionOptions(
                connectTimeout, newToken, app, maxInFlight, keepAlive, maxBodyBytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options under another name. */
    public ConnectionOptions withApp(@Nullable String newApp) {
        return new ConnectionOptions(
                connectTimeout, token, newApp, maxInFlight, keepAlive, maxBodyBytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options with another number of calls at once. */
    public ConnectionOptions withMaxInFlight(int calls) {
        return new ConnectionOptions(connectTimeout, token, app, calls, keepAlive, maxBodyBytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options with another patience for a silent peer. */
    public ConnectionOptions withKeepAlive(Duration silence) {
        return new ConnectionOptions(
                connectTimeout, token, app, maxInFlight, silence, maxBodyBytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options with another size, in bytes, of the largest answer. */
    public ConnectionOptions withMaxBodyBytes(int bytes) {
        return new ConnectionOptions(connectTimeout, token, app, maxInFlight, keepAlive, bytes, maxInFlightBytes, ssl);
    }

    /** Returns the same options with another number of bytes in flight, each way. */
    public ConnectionOptions withMaxInFlightBytes(int bytes) {
        return new ConnectionOptions(connectTimeout, token, app, maxInFlight, keepAlive, maxBodyBytes, bytes, ssl);
    }

    /** Returns the same options over TLS, or plain for null. */
    public ConnectionOptions withSsl(@Nullable SslContext newSsl) {
        return new ConnectionOptions(
                connectTimeout, token, app, maxInFlight, keepAlive, maxBodyBytes, maxInFlightBytes, newSsl);
    }

    @Override
    public String toString() {
        return "ConnectionOptions[connectTimeout=%s, token=%s, app=%s, maxInFlight=%d, keepAlive=%s, maxBodyBytes=%d, maxInFlightBytes=%d, tls=%s]"
                .formatted(
                        connectTimeout,
                        token == null ? "none" : "(hidden)",
                        app,
                        maxInFlight,
                        keepAlive,
                        maxBodyBytes,
                        maxInFlightBytes,
                        ssl != null);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s: %d (expected: > 0)".formatted(name, value));
        }
    }
}
