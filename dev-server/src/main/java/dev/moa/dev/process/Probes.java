package dev.moa.dev.process;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The three ways to ask a part how it is, each in a few bytes on a plain socket: an HTTP client would cost the
 * launcher more memory than all of its own classes.
 */
public final class Probes {
    private static final int TIMEOUT_MS = 1_000;
    private static final int LARGEST_ANSWER = 64 * 1024;

    private Probes() {}

    /** {@code GET path} answers 200. */
    public static HealthCheck http(String host, int port, String path) {
        return () -> ask(host, port, socket -> {
            OutputStream out = socket.getOutputStream();
            out.write("GET %s HTTP/1.0\r\nHost: %s:%d\r\nAccept: */*\r\n\r\n"
                    .formatted(path, host, port)
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String status = reader.readLine();
            if (status == null) {
                return Health.bad("closed the connection without an answer");
            }
            if (status.contains(" 200")) {
                return Health.good("UP");
            }
            String line;
            String last = "";
            int size = 0;
            while ((line = reader.readLine()) != null && size < LARGEST_ANSWER) {
                size += line.length();
                last = line;
            }
            return Health.bad(status.replaceFirst("HTTP/1.\\d ", "answers ") + " " + last);
        });
    }

    /** {@code PING} answers {@code PONG}; a Redis that still reads its files answers {@code LOADING}. */
    public static HealthCheck redis(String host, int port) {
        return () -> ask(host, port, socket -> {
            socket.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            // an own Redis may ask for a password: it is there, and the apps hold the credential
            return answer != null && (answer.startsWith("+PONG") || answer.startsWith("-NOAUTH"))
                    ? Health.good("PONG")
                    : Health.bad("answers " + answer);
        });
    }

    /** A Metadata request (version 1, no topics) names at least one broker: it is registered and not fenced. */
    public static HealthCheck kafka(String host, int port) {
        return () -> ask(host, port, socket -> {
            ByteBuffer request = ByteBuffer.allocate(4 + 14);
            request.putInt(14)
                    .putShort((short) 3)
                    .putShort((short) 1)
                    .putInt(1)
                    .putShort((short) -1)
                    .putInt(0);
            new DataOutputStream(socket.getOutputStream()).write(request.array());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            if (size < 8 || size > LARGEST_ANSWER) {
                return Health.bad("not a Kafka broker: an answer of " + size + " bytes");
            }
            in.readInt();
            int brokers = in.readInt();
            return brokers > 0 ? Health.good(brokers + " broker") : Health.bad("no broker is ready yet");
        });
    }

    private static Health ask(String host, int port, Question question) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
            socket.setSoTimeout(TIMEOUT_MS);
            return question.ask(socket);
        } catch (ConnectException refused) {
            return Health.bad("nothing listens on port " + port + " yet");
        } catch (SocketTimeoutException late) {
            return Health.bad("no answer on port " + port + " within " + TIMEOUT_MS + " ms");
        } catch (IOException broken) {
            return Health.bad("port " + port + ": " + broken.getMessage());
        }
    }

    private interface Question {
        Health ask(Socket socket) throws IOException;
    }
}
