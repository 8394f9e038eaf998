package dev.moa.router.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** HAProxy's Runtime API: commands in, what it prints out. Every call is a connection of its own and has an end. */
final class RuntimeApi {
    // HAProxy reads a line of commands into one buffer (tune.bufsize, 16 KB by default)
    private static final int MAX_LINE_BYTES = 8_000;
    private static final int MAX_REPLY_BYTES = 8 << 20;

    private final String socket;
    private final Duration timeout;

    RuntimeApi(String socket, Duration timeout) {
        this.socket = socket;
        this.timeout = timeout;
    }

    /** Runs commands in order, over as few connections as they fit into; returns all that is printed. */
    String run(List<String> commands) throws IOException {
        StringBuilder printed = new StringBuilder();
        List<String> line = new ArrayList<>();
        int length = 0;
        for (String command : commands) {
            if (length + command.length() > MAX_LINE_BYTES) {
                printed.append(exchange(String.join(";", line)));
                line.clear();
                length = 0;
            }
            line.add(command);
            length += command.length() + 1;
        }
        if (!line.isEmpty()) {
            printed.append(exchange(String.join(";", line)));
        }
        return printed.toString();
    }

    private String exchange(String line) throws IOException {
        long end = System.nanoTime() + timeout.toNanos();
        SocketAddress address = address();
        try (SocketChannel channel = address instanceof UnixDomainSocketAddress
                        ? SocketChannel.open(StandardProtocolFamily.UNIX)
                        : SocketChannel.open();
                Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            if (!channel.connect(address)) {
                await(channel, selector, SelectionKey.OP_CONNECT, end);
                channel.finishConnect();
            }
            ByteBuffer out = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(channel, selector, SelectionKey.OP_WRITE, end);
                }
            }
            return read(channel, selector, end);
        }
    }

    private String read(SocketChannel channel, Selector selector, long end) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(16_384);
        while (true) {
            int count = channel.read(in.clear());
            if (count < 0) {
                return printed.toString(StandardCharsets.UTF_8);
            }
            if (count == 0) {
                await(channel, selector, SelectionKey.OP_READ, end);
            }
            printed.write(in.array(), 0, count);
            if (printed.size() > MAX_REPLY_BYTES) {
                throw new IOException("%s: more than %d bytes in reply".formatted(socket, MAX_REPLY_BYTES));
            }
        }
    }

    private void await(SocketChannel channel, Selector selector, int operation, long end) throws IOException {
        channel.register(selector, operation);
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0 || selector.select(left) == 0) {
            throw new IOException("%s: no answer within %s".formatted(socket, timeout));
        }
        selector.selectedKeys().clear();
    }

    private SocketAddress address() {
        int colon = socket.lastIndexOf(':');
        return socket.startsWith("/") || colon < 0
                ? UnixDomainSocketAddress.of(socket)
                : new InetSocketAddress(socket.substring(0, colon), Integer.parseInt(socket.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return socket;
    }
}
