package dev.moa.spring.observe;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans by OTLP over HTTP and reads what the tests ask for out of the protobuf messages. */
final class OtlpReceiver implements AutoCloseable {

    /** Ids in hexadecimal digits; {@code parentId} is empty for a root. */
    record Span(String traceId, String spanId, String parentId, String name) {}

    private record Field(int number, byte[] bytes) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    OtlpReceiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", exchange -> {
            for (Field resource : fields(exchange.getRequestBody().readAllBytes(), 1)) {
                for (Field scope : fields(resource.bytes, 2)) {
                    fields(scope.bytes, 2).forEach(span -> spans.add(read(span.bytes)));
                }
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    List<Span> spans(String traceId) {
        return spans.stream().filter(span -> span.traceId().equals(traceId)).toList();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static Span read(byte[] span) {
        HexFormat hex = HexFormat.of();
        return new Span(
                hex.formatHex(first(span, 1)),
                hex.formatHex(first(span, 2)),
                hex.formatHex(first(span, 4)),
                new String(first(span, 5), StandardCharsets.UTF_8));
    }

    private static byte[] first(byte[] message, int number) {
        List<Field> found = fields(message, number);
        return found.isEmpty() ? new byte[0] : found.get(0).bytes;
    }

    /** Returns the length-delimited fields of this number. */
    private static List<Field> fields(byte[] message, int number) {
        List<Field> fields = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag & 7) {
                case 0 -> varint(in);
                case 1 -> in.position(in.position() + 8);
                case 5 -> in.position(in.position() + 4);
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    if (tag >>> 3 == number) {
                        fields.add(new Field(number, bytes));
                    }
                }
                default -> throw new IllegalStateException("wire type " + (tag & 7));
            }
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
