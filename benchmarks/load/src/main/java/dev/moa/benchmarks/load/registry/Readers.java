package dev.moa.benchmarks.load.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.function.Predicate;

/** Many connections, read by one thread: the least that a watch can cost its client. */
final class Readers {
    private final Selector selector = Selector.open();

    Readers() throws IOException {
        Thread reader = new Thread(this::run, "load-reader-1");
        reader.setDaemon(true);
        reader.start();
    }

    /** What a connection has read, up to what is still to come. */
    private static final class Connection {
        private final Function<String, String> taker;
        private String rest = "";

        Connection(Function<String, String> taker) {
            this.taker = taker;
        }

        void take(String text) {
            rest = taker.apply(rest + text);
        }
    }

    /**
     * Sends {@code request} on a connection of its own.
     *
     * @param ready tells by what has come so far whether the answer is there; waited for
     * @param taker takes what comes afterwards, and returns the part that it wants to see again with the next
     */
    void open(int port, String request, Predicate<String> ready, Function<String, String> taker) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        StringBuilder answer = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(16 * 1024);
        while (!ready.test(answer.toString())) {
            buffer.clear();
            if (channel.read(buffer) < 0) {
                throw new IOException("a watch was refused: " + answer);
            }
            answer.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
        }
        channel.configureBlocking(false);
        selector.wakeup();
        channel.register(selector, SelectionKey.OP_READ, new Connection(taker));
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (true) {
                selector.select(5);
                for (SelectionKey key : selector.selectedKeys()) {
                    buffer.clear();
                    if (((SocketChannel) key.channel()).read(buffer) < 0) {
                        key.cancel();
                        continue;
                    }
                    ((Connection) key.attachment())
                            .take(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException broken) {
            System.err.println("load: the watches broke: " + broken);
        }
    }
}
