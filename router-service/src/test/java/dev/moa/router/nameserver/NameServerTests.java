package dev.moa.router.nameserver;

import static dev.moa.router.nameserver.NamedServices.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceStatus;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The DNS face on real sockets, asked by the JDK's resolver, by Netty's, and by hand. */
class NameServerTests {
    private static final int A = 1;
    private static final int SOA = 6;
    private static final int SRV = 33;
    private static final int ANY = 255;
    private static final int AXFR = 252;
    private static final String USER = "user.service.moa";

    private final NamedServices live = new NamedServices(true);
    private final NamedServices configured = new NamedServices(false);
    private final NameServer server = new NameServer(
            new Lookup(List.of(live, configured), switches(), (source, finding) -> {}),
            () -> {
                Set<ServiceName> names = new TreeSet<>(live.views.keySet());
                names.addAll(configured.views.keySet());
                return names;
            },
            new NameServerProperties(true, "127.0.0.1", 0, "moa", Duration.ofSeconds(1), List.of(), 3, 1_000),
            Clock.systemUTC());
    private final DnsExchange dns = start();

    private static Switches switches() {
        RedisLink nowhere = new RedisLink(() -> {
            throw new IllegalStateException("no Redis here");
        });
        return new Switches(new SharedHash(nowhere, "switches", "channel", "said", Switches::atMs, Clock.systemUTC()));
    }

    private DnsExchange start() {
        live.put("/service/user", 7, List.of(instance("10.0.0.1", 7001), instance("10.0.0.2", 7002)));
        server.start();
        return new DnsExchange(server.port());
    }

    @AfterEach
    void close() {
        server.close();
    }

    @SuppressWarnings("BanJNDI") // the JDK has no other way to ask a name server; ours sends no objects
    private List<String> jndi(String name, String type) throws NamingException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("java.naming.provider.url", "dns://127.0.0.1:" + server.port());
        environment.put("com.sun.jndi.dns.timeout.initial", "2000");
        InitialDirContext context = new InitialDirContext(environment);
        Attribute found = context.getAttributes(name, new String[] {type}).get(type);
        List<String> values = new ArrayList<>();
        for (int i = 0; found != null && i < found.size(); i++) {
            values.add(found.get(i).toString());
        }
        return values;
    }

    private static String target(String address, int port) {
        return AddressName.of(NetUtil.createByteArrayFromIpAddressString(address), port) + ".moa.";
    }

    private static List<Instance> many(int count) {
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            instances.add(instance("10.1." + i / 250 + "." + (1 + i % 250), 6_000 + i));
        }
        return instances;
    }

    @Test
    void theJdksResolverFindsAddressesPortsAndTheRevision() throws Exception {
        assertThat(jndi(USER, "A")).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
        assertThat(jndi("USER.Service.MOA", "SRV"))
                .containsExactlyInAnyOrder(
                        "1 6400 7001 " + target("10.0.0.1", 7001), "1 6400 7002 " + target("10.0.0.2", 7002));
        assertThat(jndi(USER, "TXT").get(0)).contains("revision=7", "epoch=e1", "source=live", "instances=2");
        assertThat(jndi(target("10.0.0.1", 7001), "A")).containsExactly("10.0.0.1");
        assertThat(jndi("moa", "SOA").get(0)).startsWith("ns.moa. hostmaster.moa. ");
    }

    @Test
    void ipv6HostsAndHostNamesHaveTheirRecords() throws Exception {
        live.put("/service/six", 1, List.of(instance("fd00::1", 7001), instance("pod-1.example.org", 7002)));

        assertThat(jndi("six.service.moa", "AAAA")).containsExactly("fd00::1");
        assertThat(jndi("six.service.moa", "SRV"))
                .containsExactlyInAnyOrder(
                        "1 6400 7001 fd000000000000000000000000000001-5eh.moa.", "1 6400 7002 pod-1.example.org.");
        assertThat(dns.udp("six.service.moa", A, 0).answers()).isZero();
    }

    @Test
    void onlyWhatCanBeCalledIsNamed() throws Exception {
        live.put(
                "/service/user",
                8,
                List.of(
                        instance("10.0.0.1", 7001),
                        instance("10.0.0.2", 7002, 0, "a", "blue", InstanceStatus.UP),
                        instance("10.0.0.3", 7003, 100, "a", "blue", InstanceStatus.DRAINING)));

        assertThat(jndi(USER, "A")).containsExactly("10.0.0.1");
    }

    @Test
    void labelsInFrontChooseZoneLaneAndProtocol() throws Exception {
        live.put(
                "/service/user",
                8,
                List.of(
                        instance("10.0.0.1", 7001, 100, "a", "blue", InstanceStatus.UP),
                        instance("10.0.0.2", 7002, 100, "B", "green", InstanceStatus.UP)));
        live.put("/service/user/zone-a", 1, List.of(instance("10.0.0.9", 7009)));

        assertThat(jndi("zone-b." + USER, "A")).containsExactly("10.0.0.2");
        assertThat(jndi("lane-blue." + USER, "A")).containsExactly("10.0.0.1");
        assertThat(dns.udp("zone-b.lane-blue." + USER, A, 0).rcode()).isZero();
        assertThat(dns.udp("zone-b.lane-blue." + USER, A, 0).answers()).isZero();
        assertThat(jndi("_resp._tcp.zone-b." + USER, "SRV")).hasSize(1);
        assertThat(dns.udp("_http._tcp." + USER, SRV, 0).answers()).isZero();
        // a service of that name is meant before the filter is
        assertThat(jndi("zone-a." + USER, "A")).containsExactly("10.0.0.9");
    }

    @Test
    void ofSeveralLanesTheFirstThatHasAnybodyIsMeant() throws Exception {
        Instance base = Instance.unregistered("10.0.0.1", 7001);
        Instance drained = instance("10.0.0.2", 7002, 100, "a", "blue", InstanceStatus.DRAINING);
        Instance blue = instance("10.0.0.3", 7003, 100, "a", "Blue", InstanceStatus.UP);

        live.put("/service/user", 8, List.of(base, drained));
        List<String> without = jndi("lane-blue.lane-base." + USER, "A");
        live.put("/service/user", 9, List.of(base, drained, blue));

        assertThat(without).containsExactly("10.0.0.1");
        assertThat(jndi("lane-blue.lane-base." + USER, "A")).containsExactly("10.0.0.3");
        assertThat(jndi("lane-base." + USER, "A")).containsExactly("10.0.0.1");
        assertThat(dns.udp("lane-red." + USER, A, 0).answers()).isZero();
    }

    @Test
    void weightOfAYoungInstanceIsThatOfItsAge() throws Exception {
        live.put(
                "/service/user",
                8,
                List.of(new Instance(
                        "young",
                        System.currentTimeMillis(),
                        "10.0.0.1",
                        7001,
                        List.of("moa"),
                        100,
                        null,
                        null,
                        Map.of(),
                        Map.of("warmUpSeconds", "3600"),
                        InstanceStatus.UP,
                        false)));

        assertThat(jndi(USER, "SRV")).containsExactly("1 640 7001 " + target("10.0.0.1", 7001));
    }

    @Test
    void whatDoesNotExistIsToldFromWhatIsEmpty() throws Exception {
        live.put("/service/empty", 3, List.of());

        DnsExchange.Reply nobody = dns.udp("nobody.service.moa", A, 1_232);
        DnsExchange.Reply empty = dns.udp("empty.service.moa", A, 1_232);
        DnsExchange.Reply parent = dns.udp("service.moa", A, 1_232);

        assertThat(nobody.rcode()).isEqualTo(Rcode.NXDOMAIN.number());
        assertThat(nobody.authorities()).isEqualTo(1);
        assertThat(nobody.isAuthoritative()).isTrue();
        assertThat(List.of(empty.rcode(), parent.rcode())).containsOnly(0);
        assertThat(List.of(empty.answers(), parent.answers())).containsOnly(0);
        assertThat(List.of(empty.authorities(), parent.authorities())).containsOnly(1);
        assertThat(dns.udp("_tcp." + USER, A, 0).rcode()).isZero();
        assertThatThrownBy(() -> jndi("nobody.service.moa", "A")).isInstanceOf(NameNotFoundException.class);
    }

    @Test
    void aServiceThatAppearsIsNotHiddenByItsOwnAbsence() throws Exception {
        assertThat(dns.udp("late.service.moa", A, 0).rcode()).isEqualTo(Rcode.NXDOMAIN.number());

        live.put("/service/late", 1, List.of(instance("10.0.0.5", 1)));

        assertThat(dns.udp("late.service.moa", A, 0).answers()).isEqualTo(1);
    }

    @Test
    void sourcesThatHaveToBeWaitedForAreAskedToo() throws Exception {
        configured.put("/service/outside", 1, List.of(instance("10.0.0.8", 80)));

        assertThat(jndi("outside.service.moa", "A")).containsExactly("10.0.0.8");
    }

    @Test
    void anAnswerOverUdpIsNeverLargerThanAskedForAndSaysSo() throws Exception {
        live.put("/service/user", 8, many(2_000));

        DnsExchange.Reply plain = dns.udp(USER, A, 0);
        DnsExchange.Reply greedy = dns.udp(USER, SRV, 65_535);
        DnsExchange.Reply overTcp = dns.tcp(USER, SRV);

        assertThat(plain.isTruncated()).isTrue();
        assertThat(plain.bytes()).hasSizeBetween(400, 512);
        assertThat(plain.answers()).isEqualTo((512 - 12 - 22) / 16);
        assertThat(greedy.isTruncated()).isTrue();
        assertThat(greedy.bytes()).hasSizeBetween(1_100, 1_232);
        assertThat(overTcp.isTruncated()).isFalse();
        assertThat(overTcp.answers()).isEqualTo(2_000);
    }

    @Test
    void cutAnswersStartElsewhereEachTime() throws Exception {
        live.put("/service/user", 8, many(100));

        Set<String> firsts = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            byte[] bytes = dns.udp(USER, A, 0).bytes();
            firsts.add(java.util.HexFormat.of().formatHex(bytes, 12 + 22, 12 + 22 + 16));
        }

        assertThat(firsts).hasSizeGreaterThan(5);
    }

    @Test
    void nettysResolverComesByTcpForTwoThousandInstances() throws Exception {
        live.put("/service/user", 8, many(2_000));
        var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (DnsNameResolver resolver = new DnsNameResolverBuilder(loop.next())
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(
                        new SingletonDnsServerAddressStreamProvider(new InetSocketAddress("127.0.0.1", server.port())))
                .build()) {
            var addresses = resolver.resolveAll(new DefaultDnsQuestion(USER + ".", DnsRecordType.A))
                    .get(5, TimeUnit.SECONDS);
            var ports = resolver.resolveAll(new DefaultDnsQuestion(USER + ".", DnsRecordType.SRV))
                    .get(5, TimeUnit.SECONDS);

            assertThat(addresses).hasSize(2_000);
            assertThat(ports).hasSize(2_000);
            addresses.forEach(ReferenceCountUtil::release);
            ports.forEach(ReferenceCountUtil::release);
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsNotServedIsRefusedShortly() throws Exception {
        assertThat(dns.udp("example.org", A, 0).rcode()).isEqualTo(Rcode.REFUSED.number());
        assertThat(dns.tcp("moa", AXFR).rcode()).isEqualTo(Rcode.REFUSED.number());
        // RFC 8482: not everything, but one small record
        assertThat(dns.udp(USER, ANY, 0).answers()).isEqualTo(1);
        assertThat(dns.udp("moa", SOA, 0).answers()).isEqualTo(1);
        byte[] update = DnsExchange.question(USER, A, 0);
        update[2] = 5 << 3;
        DnsExchange.Reply notServed = dns.udp(update, 3_000).orElseThrow();
        assertThat(notServed.rcode()).isEqualTo(Rcode.NOTIMP.number());
        // a client takes an answer to another kind of question for nobody's
        assertThat(notServed.opcode()).isEqualTo(5);
        byte[] edns1 = DnsExchange.question(USER, A, 1_232);
        edns1[edns1.length - 5] = 1;
        assertThat(dns.udp(edns1, 3_000).orElseThrow().extras()).isEqualTo(1);
        assertThat(dns.udp(edns1, 3_000).orElseThrow().answers()).isZero();
    }

    @Test
    void hostileDatagramsAreSurvivedAndNeverAmplified() throws Exception {
        Random random = new Random(4);
        byte[] good = DnsExchange.question(USER, SRV, 4_096);
        byte[] reply = good.clone();
        reply[2] |= (byte) 0x80;
        byte[] pointer = DnsExchange.question(USER, A, 0);
        pointer[12] = (byte) 0xc0;
        pointer[13] = 12;

        assertThat(dns.udp(reply, 200)).as("a reply is not answered").isEmpty();
        assertThat(dns.udp(pointer, 3_000).orElseThrow().rcode()).isEqualTo(Rcode.FORMERR.number());
        for (int i = 0; i < 150; i++) {
            byte[] bad = i % 2 == 0 ? good.clone() : new byte[random.nextInt(600)];
            if (i % 2 == 0) {
                for (int flips = 0; flips < 4; flips++) {
                    bad[2 + random.nextInt(bad.length - 2)] ^= (byte) (1 << random.nextInt(8));
                }
            } else {
                random.nextBytes(bad);
            }
            dns.udp(bad, 5).ifPresent(answer -> assertThat(answer.bytes()).hasSizeLessThanOrEqualTo(1_232));
        }

        assertThat(dns.udp(USER, A, 0).answers()).isEqualTo(2);
    }

    @Test
    void tcpAnswersPipelinedQuestionsInOrderAndEndsWhatIsNoDns() throws Exception {
        try (Socket socket = dns.connect()) {
            for (int i = 0; i < 50; i++) {
                byte[] question = DnsExchange.question(i % 2 == 0 ? USER : "nobody.service.moa", A, 0);
                question[1] = (byte) i;
                DnsExchange.send(socket, question);
            }

            for (int i = 0; i < 50; i++) {
                DnsExchange.Reply reply = DnsExchange.receive(socket);
                assertThat(reply.id() & 0xff).isEqualTo(i);
                assertThat(reply.rcode()).isEqualTo(i % 2 == 0 ? 0 : Rcode.NXDOMAIN.number());
            }
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThatThrownBy(() -> DnsExchange.receive(socket)).isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void moreConnectionsThanAllowedAreClosed() throws Exception {
        try (Socket one = dns.connect();
                Socket two = dns.connect();
                Socket three = dns.connect()) {
            for (Socket socket : List.of(one, two, three)) {
                DnsExchange.send(socket, DnsExchange.question(USER, A, 0));
                assertThat(DnsExchange.receive(socket).answers()).isEqualTo(2);
            }

            try (Socket four = dns.connect()) {
                DnsExchange.send(four, DnsExchange.question(USER, A, 0));
                assertThatThrownBy(() -> DnsExchange.receive(four))
                        .isInstanceOfAny(EOFException.class, java.net.SocketException.class);
            }
        }
    }
}
