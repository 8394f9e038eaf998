package dev.moa.registry.probe;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.registry.catalog.ProbeSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The probes of each kind. Each blocks for about its timeout at most. */
final class KindProbes {
    private final Probe tcp;

    KindProbes(Probe tcp) {
        this.tcp = tcp;
    }

    /** Looks once. */
    Finding look(ProbeSpec spec, String host, int port, Duration timeout) {
        try {
            return switch (spec.kind()) {
                case TCP -> Finding.of(tcp.look(host, port, timeout));
                case MOA -> moa(host, port, timeout);
                case RESP -> resp(host, port, timeout);
                case HTTP -> http(host, port, Objects.requireNonNullElse(spec.path(), "/"), timeout);
            };
        } catch (IOException failure) {
            return failure(failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return Finding.failed("interrupted");
        }
    }

    // a connection is open once HELLO has been answered; a stopped process accepts and says nothing
    private static Finding moa(String host, int port, Duration timeout) throws InterruptedException {
        ConnectionOptions options =
                ConnectionOptions.defaults().withConnectTimeout(timeout).withApp("prober");
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

    private static Finding resp(String host, int port, Duration timeout) throws IOException {
        int limitMs = Math.toIntExact(timeout.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), limitMs);
            socket.setSoTimeout(limitMs);
            socket.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
            int first = socket.getInputStream().read();
            // -NOAUTH is an answer too
            return first == '+' || first == '-'
                    ? Finding.alive("RESP PING is answered")
                    : Finding.failed("no RESP answer to PING");
        }
    }

    private static Finding http(String host, int port, String path, Duration timeout) throws IOException {
        int limitMs = Math.toIntExact(timeout.toMillis());
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        HttpURLConnection connection = (HttpURLConnection) URI.create("http://%s:%d%s".formatted(literal, port, path))
                .toURL()
                .openConnection();
        connection.setConnectTimeout(limitMs);
        connection.setReadTimeout(limitMs);
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Connection", "close");
        try {
            int status = connection.getResponseCode();
            String words = "GET %s is answered with %d".formatted(path, status);
            return status >= 200 && status < 400 ? Finding.alive(words) : Finding.failed(words);
        } catch (IllegalArgumentException notAnAddress) {
            return Finding.failed("GET %s: %s".formatted(path, notAnAddress.getMessage()));
        } finally {
            connection.disconnect();
        }
    }

    private static Finding failure(Throwable failure) {
        String words = Objects.requireNonNullElse(
                failure.getMessage(), failure.getClass().getSimpleName());
        boolean refused = words.toLowerCase(Locale.ROOT).contains("connection refused");
        return new Finding(false, refused && !(failure instanceof InterruptedException), shorten(words, failure));
    }

    private static String shorten(String words, Throwable failure) {
        String text = failure instanceof ConnectException ? "cannot connect: " + words : words;
        return text.length() <= 160 ? text : text.substring(0, 160) + "…";
    }
}
