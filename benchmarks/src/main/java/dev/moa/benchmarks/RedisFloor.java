package dev.moa.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What Redis itself can do: PUBLISH on one connection, SUBSCRIBE on many, read by one selector. The message is the
 * moment at which it was sent.
 */
final class RedisFloor implements AutoCloseable {
    private final Selector selector = Selector.open();
    private final List<SocketChannel> subscribers = new ArrayList<>();
    private final SocketChannel publisher;
    private final int channels;
    private final List<Double> latencies = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);

    RedisFloor(int port, int connections, int channels, int each) throws IOException {
        this.channels = channels;
        InetSocketAddress redis = new InetSocketAddress("127.0.0.1", port);
        publisher = SocketChannel.open(redis);
        for (int i = 0; i < connections; i++) {
            SocketChannel subscriber = SocketChannel.open(redis);
            StringBuilder subscribe = new StringBuilder("SUBSCRIBE");
            for (int s = 0; s < each; s++) {
                subscribe.append(" bench:").append((i + s) % channels);
            }
            write(subscriber, subscribe.append("\r\n").toString());
            subscriber.configureBlocking(false);
            subscriber.register(selector, SelectionKey.OP_READ);
            subscribers.add(subscriber);
        }
        publisher.configureBlocking(false);
        publisher.register(selector, SelectionKey.OP_READ);
    }

    /** Publishes so many messages a second; returns the milliseconds from sent to read, sorted. */
    double[] measure(int perSecond, int seconds) throws IOException {
        readFor(TimeUnit.MILLISECONDS.toNanos(500));
        latencies.clear();
        long started = System.nanoTime();
        for (int i = 0; i < perSecond * seconds; i++) {
            readFor(started + i * 1_000_000_000L / perSecond - System.nanoTime());
            write(publisher, "PUBLISH bench:%d @%d@\r\n".formatted(i * 37 % channels, System.nanoTime()));
        }
        readFor(TimeUnit.SECONDS.toNanos(1));
        return latencies.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    private void readFor(long nanos) throws IOException {
        long until = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = until - System.nanoTime()) {
            selector.select(Math.max(1, left / 1_000_000));
            for (SelectionKey key : selector.selectedKeys()) {
                buffer.clear();
                ((SocketChannel) key.channel()).read(buffer);
                take(System.nanoTime(), new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
            }
            selector.selectedKeys().clear();
        }
    }

    private void take(long now, String text) {
        String[] parts = text.split("@", -1);
        for (int i = 1; i < parts.length; i += 2) {
            latencies.add((now - Long.parseLong(parts[i])) / 1e6);
        }
    }

    private static void write(SocketChannel channel, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        publisher.close();
        for (SocketChannel each : subscribers) {
            each.close();
        }
        selector.close();
    }
}
