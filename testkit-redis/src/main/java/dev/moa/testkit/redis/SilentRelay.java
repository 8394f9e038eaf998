package dev.moa.testkit.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP relay on loopback whose connections can fall silent, each way, without ending; new ones get through. */
public final class SilentRelay implements AutoCloseable {
    private final ServerSocket server;
    private volatile int target;
    private final List<Pair> pairs = new CopyOnWriteArrayList<>();

    private final class Pair {
        private final Socket near;
        private final Socket far;
        private volatile boolean silent;
        private volatile boolean ended;

        Pair(Socket near) throws IOException {
            this.near = near;
            this.far = new Socket(InetAddress.getLoopbackAddress(), target);
        }

        void pump(Socket from, Socket to) {
            byte[] buffer = new byte[4_096];
            try {
                for (int n = from.getInputStream().read(buffer);
                        n >= 0;
                        n = from.getInputStream().read(buffer)) {
                    if (!silent) {
                        to.getOutputStream().write(buffer, 0, n);
                    }
                }
            } catch (IOException over) {
                // as the end of the stream
            }
            if (from == near) {
                ended = true;
            }
        }
    }

    /** @param target the port on loopback that it leads to */
    public SilentRelay(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon(() -> {
            while (true) {
                Pair pair = new Pair(server.accept());
                pairs.add(pair);
                daemon(() -> pair.pump(pair.near, pair.far));
                daemon(() -> pair.pump(pair.far, pair.near));
            }
        });
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Returns how many connections there have been. */
    public int connections() {
        return pairs.size();
    }

    /** Returns how many were closed by those who had opened them. */
    public long ended() {
        return pairs.stream().filter(pair -> pair.ended).count();
    }

    /** Connections that are opened from now on lead to another port. */
    public void leadTo(int port) {
        target = port;
    }

    /** What is open now says nothing any more, either way. */
    public void silenceWhatIsOpen() {
        pairs.forEach(pair -> pair.silent = true);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Pair pair : pairs) {
                pair.near.close();
                pair.far.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
