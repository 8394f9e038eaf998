package dev.moa.router.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Finding;
import dev.moa.router.address.Instance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DnsSourceTests {
    private static final ServiceName NEARBY = ServiceName.of("/service/feed/nearby");

    /** A label that says it is longer than what follows. */
    private static final String MALFORMED = "malformed";

    private final NameServer server = new NameServer();
    private final DnsSource source = new DnsSource(
            new DnsProperties(List.of("127.0.0.1:" + server.port()), "example.org", 0, Duration.ofMillis(200)));

    @AfterEach
    void close() {
        source.close();
        server.close();
    }

    private Finding find(ServiceName service) {
        return source.find(service, Deadline.after(Duration.ofSeconds(5)));
    }

    @Test
    void aNameIsItsSegmentsReversedUnderTheDomain() {
        assertThat(DnsSource.dnsName(NEARBY, ".example.org.")).isEqualTo("nearby.feed.service.example.org.");
    }

    @Test
    void srvRecordsGiveHostsAndPorts() {
        server.srv.put("nearby.feed.service.example.org.", Map.of("one.example.org.", 7001, "two.example.org.", 7002));
        server.a.put("one.example.org.", "10.0.0.1");
        server.a.put("two.example.org.", "10.0.0.2");

        Finding finding = find(NEARBY);

        assertThat(finding)
                .isInstanceOfSatisfying(
                        Finding.Answered.class,
                        answered -> assertThat(answered.view().instances())
                                .extracting(Instance::address)
                                .containsExactlyInAnyOrder("10.0.0.1:7001", "10.0.0.2:7002"));
    }

    @Test
    void aMalformedRecordIsNoReasonToLoseTheOthers() {
        server.srv.put("nearby.feed.service.example.org.", Map.of("one.example.org.", 7001, MALFORMED, 7002));
        server.a.put("one.example.org.", "10.0.0.1");
        server.srv.put("spoilt.service.example.org.", Map.of(MALFORMED, 7002));

        assertThat(find(NEARBY))
                .isInstanceOfSatisfying(
                        Finding.Answered.class,
                        answered -> assertThat(answered.view().instances())
                                .extracting(Instance::address)
                                .containsExactly("10.0.0.1:7001"));
        assertThat(find(ServiceName.of("/service/spoilt")))
                .as("a name server that knows the name does not say that there is none")
                .isInstanceOf(Finding.Failed.class);
    }

    @Test
    void anAnswerThatIsNotTheLastOneIsTold() {
        List<ServiceName> told = new CopyOnWriteArrayList<>();
        source.onChange(told::add);
        server.srv.put("nearby.feed.service.example.org.", Map.of("one.example.org.", 7001));
        server.a.put("one.example.org.", "10.0.0.1");
        find(NEARBY);
        find(NEARBY);
        assertThat(told).isEmpty();

        server.srv.put("nearby.feed.service.example.org.", Map.of("one.example.org.", 7002));

        await().until(() -> {
            find(NEARBY);
            return !told.isEmpty();
        });
        assertThat(told).containsExactly(NEARBY);
    }

    @Test
    void aNameThatDoesNotExistIsUnknown() {
        assertThat(find(ServiceName.of("/service/nobody"))).isInstanceOf(Finding.Unknown.class);
    }

    @Test
    void aSilentServerFailsWithinItsTimeout() {
        server.isSilent = true;

        long start = System.nanoTime();
        Finding finding = find(NEARBY);

        assertThat(finding).isInstanceOf(Finding.Failed.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void withoutServersItHasNothingToSay() {
        DnsSource off = new DnsSource(new DnsProperties(List.of(), "moa", 0, Duration.ofMillis(200)));

        assertThat(off.find(NEARBY, Deadline.afterMillis(100))).isInstanceOf(Finding.Passed.class);
        assertThat(off.isImmediate()).isTrue();
    }

    /** A name server of forty lines: A and SRV over UDP, NXDOMAIN for the rest. */
    private static final class NameServer implements AutoCloseable {
        final Map<String, String> a = new ConcurrentHashMap<>();
        final Map<String, Map<String, Integer>> srv = new ConcurrentHashMap<>();
        volatile boolean isSilent;
        private final DatagramSocket socket;

        NameServer() {
            try {
                socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            Thread thread = new Thread(this::serve, "test-name-server-1");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void serve() {
            byte[] buffer = new byte[1500];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket question = new DatagramPacket(buffer, buffer.length);
                    socket.receive(question);
                    if (!isSilent) {
                        byte[] reply = reply(buffer);
                        socket.send(new DatagramPacket(reply, reply.length, question.getSocketAddress()));
                    }
                } catch (IOException e) {
                    // closed
                }
            }
        }

        private byte[] reply(byte[] question) throws IOException {
            StringBuilder name = new StringBuilder();
            int at = 12;
            while (question[at] != 0) {
                name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII))
                        .append('.');
                at += question[at] + 1;
            }
            int type = question[at + 2];
            int end = at + 5;
            ByteArrayOutputStream records = new ByteArrayOutputStream();
            int count = 0;
            if (type == 33) {
                for (Map.Entry<String, Integer> target :
                        srv.getOrDefault(name.toString(), Map.of()).entrySet()) {
                    byte[] host = encode(target.getKey());
                    records.writeBytes(
                            new byte[] {(byte) 0xc0, 12, 0, 33, 0, 1, 0, 0, 0, 1, 0, (byte) (6 + host.length)});
                    records.writeBytes(new byte[] {
                        0,
                        0,
                        0,
                        1,
                        (byte) (target.getValue() >> 8),
                        target.getValue().byteValue()
                    });
                    records.writeBytes(host);
                    count++;
                }
            } else if (type == 1 && a.containsKey(name.toString())) {
                records.writeBytes(new byte[] {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4});
                records.writeBytes(InetAddress.getByName(a.get(name.toString())).getAddress());
                count++;
            }
            boolean exists = count > 0 || a.containsKey(name.toString()) || srv.containsKey(name.toString());
            ByteArrayOutputStream reply = new ByteArrayOutputStream();
            reply.write(question, 0, 2);
            reply.writeBytes(new byte[] {(byte) 0x84, (byte) (exists ? 0 : 3), 0, 1, 0, (byte) count, 0, 0, 0, 0});
            reply.write(question, 12, end - 12);
            records.writeTo(reply);
            return reply.toByteArray();
        }

        private static byte[] encode(String name) {
            if (name.equals(MALFORMED)) {
                return new byte[] {63, 'x', 'x'};
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (String label : name.split("\\.")) {
                out.write(label.length());
                out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
            }
            out.write(0);
            return out.toByteArray();
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
