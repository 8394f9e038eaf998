package dev.moa.router.nameserver;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks a name server, byte by byte: what resolvers cannot be made to send, and what they do not show. */
final class DnsExchange {
    private static final int TIMEOUT_MS = 3_000;

    private final InetSocketAddress server;

    DnsExchange(int port) {
        this.server = new InetSocketAddress("127.0.0.1", port);
    }

    /** A reply: its header, read; its bytes, as they came. */
    record Reply(byte[] bytes) {
        private int at(int index) {
            return ByteBuffer.wrap(bytes).getShort(index) & 0xffff;
        }

        int id() {
            return at(0);
        }

        int opcode() {
            return at(2) >> 11 & 0xf;
        }

        int rcode() {
            return at(2) & 0xf;
        }

        boolean isTruncated() {
            return (at(2) & 0x0200) != 0;
        }

        boolean isAuthoritative() {
            return (at(2) & 0x0400) != 0;
        }

        int answers() {
            return at(6);
        }

        int authorities() {
            return at(8);
        }

        int extras() {
            return at(10);
        }
    }

    /** Returns a question; {@code udpBytes} 0 means without EDNS. */
    static byte[] question(String name, int type, int udpBytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte) (udpBytes > 0 ? 1 : 0)});
        for (String label : name.split("\\.")) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.writeBytes(new byte[] {0, (byte) (type >> 8), (byte) type, 0, 1});
        if (udpBytes > 0) {
            out.writeBytes(new byte[] {0, 0, 41, (byte) (udpBytes >> 8), (byte) udpBytes, 0, 0, 0, 0, 0, 0});
        }
        return out.toByteArray();
    }

    Reply udp(String name, int type, int udpBytes) throws IOException {
        return udp(question(name, type, udpBytes), TIMEOUT_MS).orElseThrow();
    }

    Optional<Reply> udp(byte[] message, int timeoutMs) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(timeoutMs);
            socket.send(new DatagramPacket(message, message.length, server));
            DatagramPacket reply = new DatagramPacket(new byte[65_536], 65_536);
            socket.receive(reply);
            return Optional.of(new Reply(java.util.Arrays.copyOf(reply.getData(), reply.getLength())));
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    Reply tcp(String name, int type) throws IOException {
        try (Socket socket = connect()) {
            send(socket, question(name, type, 0));
            return receive(socket);
        }
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(server, TIMEOUT_MS);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    static void send(Socket socket, byte[] message) throws IOException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        out.write(framed);
        out.flush();
    }

    static Reply receive(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        return new Reply(bytes);
    }
}
