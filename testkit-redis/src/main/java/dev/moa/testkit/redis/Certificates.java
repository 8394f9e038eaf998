package dev.moa.testkit.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate of its own for 127.0.0.1, made with openssl; whoever trusts it trusts the server. */
public record Certificates(Path certificate, Path key) {

    /** Makes one that holds for a day. */
    public static Certificates make(Path directory) {
        Path certificate = directory.resolve("redis.crt");
        Path key = directory.resolve("redis.key");
        try {
            Files.createDirectories(directory);
            run(List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:prime256v1",
                    "-nodes",
                    "-days",
                    "1",
                    "-subj",
                    "/CN=127.0.0.1",
                    "-addext",
                    "subjectAltName=IP:127.0.0.1",
                    "-keyout",
                    key.toString(),
                    "-out",
                    certificate.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Certificates(certificate, key);
    }

    /** Returns redis-server's settings for a TLS port that asks for no client certificate. */
    public String[] settings(int tlsPort) {
        return new String[] {
            "--tls-port", Integer.toString(tlsPort),
            "--tls-cert-file", certificate.toString(),
            "--tls-key-file", key.toString(),
            "--tls-ca-cert-file", certificate.toString(),
            "--tls-auth-clients", "no"
        };
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("openssl: " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
