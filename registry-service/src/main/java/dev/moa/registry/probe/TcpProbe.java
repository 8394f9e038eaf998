package dev.moa.registry.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;

/** Opens a TCP connection and closes it. */
final class TcpProbe implements Probe {

    @Override
    public Outcome look(String host, int port, Duration timeout) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(timeout.toMillis()));
            return Outcome.ACCEPTED;
        } catch (SocketTimeoutException late) {
            return Outcome.SILENT;
        } catch (ConnectException failure) {
            // "no route", "unreachable" and the like are about the way, not about the instance
            String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
            return message.contains("refused") ? Outcome.REFUSED : Outcome.SILENT;
        } catch (IOException | RuntimeException unreachable) {
            return Outcome.SILENT;
        }
    }
}
