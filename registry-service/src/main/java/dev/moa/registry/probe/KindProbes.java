package dev.moa.registry.probe;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.registry.catalog.ProbeSpec;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The probes of each kind. Each blocks for about twice its timeout at most, and never throws: what cannot be asked has
 * failed.
 *
 * <p>Where TLS stands in the way the port lives: certificates that this registry does not trust, or a port that does not
 * trust this registry's, say nothing of what its callers trust.
 */
final class KindProbes {
    private static final String CONNECTED_ONLY =
            "the port accepts connections; it speaks TLS, and is asked more where moa.client.ssl.bundle is set here";

    private final Probe tcp;
    private final @Nullable SslContext ssl;
    private final ScheduledThreadPoolExecutor limits;

    /** @param ssl by what ports are asked that speak TLS; null means that they are only connected to */
    KindProbes(Probe tcp, @Nullable SslContext ssl) {
        this.tcp = tcp;
        this.ssl = ssl;
        CustomizableThreadFactory threads = new CustomizableThreadFactory("registry-probe-limit-");
        threads.setDaemon(true);
        this.limits = new ScheduledThreadPoolExecutor(1, threads);
        limits.setRemoveOnCancelPolicy(true);
        limits.setKeepAliveTime(10, TimeUnit.SECONDS);
        limits.allowCoreThreadTimeOut(true);
    }

    /**
     * Looks once.
     *
     * @param tls whether the port says that it speaks TLS
     */
    Finding look(ProbeSpec spec, String host, int port, boolean tls, Duration timeout) {
        if (tls && ssl == null && spec.kind() != ProbeSpec.Kind.TCP) {
            Finding found = Finding.of(tcp.look(host, port, timeout));
            return found.alive() ? Finding.alive(CONNECTED_ONLY) : found;
        }
        SslContext by = tls ? ssl : null;
        try {
            return switch (spec.kind()) {
                case TCP -> Finding.of(tcp.look(host, port, timeout));
                case MOA -> moa(host, port, by, timeout);
                case RESP -> resp(host, port, by, timeout);
                case HTTP -> http(host, port, Objects.requireNonNullElse(spec.path(), "/"), by, timeout);
            };
        } catch (IOException | RuntimeException failure) {
            return failure(failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Finding.failed("interrupted");
        }
    }

    private interface Question {
        Finding ask() throws IOException;
    }

    /**
     * Asks, and closes the connection when that takes too long: each read has a limit of its own, a handshake or an
     * answer that comes byte by byte has none.
     */
    private Finding within(Duration timeout, Closeable connection, Question question) throws IOException {
        long mostMs = 2 * timeout.toMillis();
        AtomicBoolean over = new AtomicBoolean();
        // again, for closing what is only about to connect ends nothing
        Future<?> limit = limits.scheduleWithFixedDelay(
                () -> {
                    over.set(true);
                    try {
                        connection.close();
                    } catch (IOException closed) {
                        // that is all that is asked
                    }
                },
                mostMs,
                mostMs,
                TimeUnit.MILLISECONDS);
        try {
            Finding found = question.ask();
            if (!over.get()) {
                return found;
            }
        } catch (IOException | RuntimeException broken) {
            if (!over.get()) {
                throw broken;
            }
        } finally {
            limit.cancel(false);
        }
        return Finding.failed("no whole answer within %d ms".formatted(mostMs));
    }

    // a connection is open once HELLO has been answered; a stopped process accepts and says nothing
    private static Finding moa(String host, int port, @Nullable SslContext ssl, Duration timeout)
            throws InterruptedException {
        ConnectionOptions options = ConnectionOptions.defaults()
                .withConnectTimeout(timeout)
                .withApp("prober")
                .withSsl(ssl);
        try (MoaConnection connection = MoaConnection.open(new InetSocketAddress(host, port), options)
                .get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            connection.ping(timeout).get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS);
            return Finding.alive("moa PING is answered");
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof MoaException said
                    && said.code() != StatusCode.UNAVAILABLE
                    && said.code() != StatusCode.DEADLINE_EXCEEDED) {
                return Finding.alive("moa port answers: " + said.code());
            }
            return failure(failure.getCause() == null ? failure : failure.getCause());
        } catch (TimeoutException late) {
            return Finding.failed("no answer to a moa PING within %d ms".formatted(timeout.toMillis()));
        }
    }

    private Finding resp(String host, int port, @Nullable SslContext ssl, Duration timeout) throws IOException {
        try (Socket plain = new Socket()) {
            return within(timeout, plain, () -> resp(plain, host, port, ssl, Math.toIntExact(timeout.toMillis())));
        }
    }

    private static Finding resp(Socket plain, String host, int port, @Nullable SslContext ssl, int limitMs)
            throws IOException {
        plain.connect(new InetSocketAddress(host, port), limitMs);
        plain.setSoTimeout(limitMs);
        Socket socket = ssl == null ? plain : sockets(ssl).createSocket(plain, host, port, true);
        socket.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
        int first = socket.getInputStream().read();
        // -NOAUTH is an answer too
        return first == '+' || first == '-'
                ? Finding.alive("RESP PING is answered")
                : Finding.failed("no RESP answer to PING");
    }

    private Finding http(String host, int port, String path, @Nullable SslContext ssl, Duration timeout)
            throws IOException {
        int limitMs = Math.toIntExact(timeout.toMillis());
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("%s://%s:%d%s".formatted(ssl == null ? "http" : "https", literal, port, path))
                        .toURL()
                        .openConnection();
        if (ssl != null && connection instanceof HttpsURLConnection encrypted) {
            encrypted.setSSLSocketFactory(sockets(ssl));
        }
        connection.setConnectTimeout(limitMs);
        connection.setReadTimeout(limitMs);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Connection", "close");
        return within(timeout, connection::disconnect, () -> http(connection, path, ssl != null));
    }

    private static Finding http(HttpURLConnection connection, String path, boolean tls) throws IOException {
        boolean isOpen = false;
        try {
            connection.connect();
            isOpen = true;
            int status = connection.getResponseCode();
            String words = "GET %s is answered with %d".formatted(path, status);
            return status >= 200 && status < 400 ? Finding.alive(words) : Finding.failed(words);
        } catch (SocketTimeoutException late) {
            throw late;
        } catch (IOException broken) {
            // with TLS 1.3 a port refuses our certificate after the handshake, maybe before it has the request
            if (!tls || !isOpen) {
                throw broken;
            }
            return Finding.alive(
                    shorten("the port speaks TLS, and ends the connection: " + broken.getMessage(), broken));
        } finally {
            connection.disconnect();
        }
    }

    private static SSLSocketFactory sockets(SslContext ssl) {
        return ((JdkSslContext) ssl).context().getSocketFactory();
    }

    private static boolean isAboutCertificates(Throwable failure, String words) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return words.contains("fatal alert");
    }

    private static Finding failure(Throwable failure) {
        String words = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        if (isAboutCertificates(failure, words)) {
            return Finding.alive(shorten("the port speaks TLS, not with this registry: " + words, failure));
        }
        boolean refused = words.toLowerCase(Locale.ROOT).contains("connection refused");
        return new Finding(false, refused && !(failure instanceof InterruptedException), shorten(words, failure));
    }

    private static String shorten(String words, Throwable failure) {
        String text = failure instanceof ConnectException ? "cannot connect: " + words : words;
        return text.length() <= 160 ? text : text.substring(0, 160) + "…";
    }
}
