package dev.moa.async.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.async.task.TaskProblem;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTests {
    private final AddressGuard guard = new AddressGuard(List.of(), false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                // loopback, plainly and otherwise
                "http://127.0.0.1/",
                "http://127.0.0.1:8080/x",
                "http://127.255.255.254/",
                "http://localhost/",
                "http://LOCALHOST./",
                "http://db.localhost/",
                "http://[::1]/",
                "http://[0:0:0:0:0:0:0:1]/",
                "http://0.0.0.0/",
                "http://0.1.2.3/",
                "http://[::]/",
                // forms whose meaning depends on the reader
                "http://127.1/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.0.0.1/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.0.0.1./",
                "http://256.1.1.1/",
                "http://1.2.3.4.5/",
                // metadata
                "http://169.254.169.254/latest/meta-data/",
                "http://169.254.170.2/v2/credentials",
                "http://metadata.google.internal/computeMetadata/v1/",
                "http://[fd00:ec2::254]/",
                "http://[fd20:ce::254]/",
                "http://100.100.100.200/",
                "http://168.63.129.16/",
                "http://192.0.0.192/",
                "http://[fe80::a9fe:a9fe]/",
                // private and the like
                "http://10.0.0.1/",
                "http://10.255.255.255/",
                "http://172.16.0.1/",
                "http://172.31.255.255/",
                "http://192.168.1.1/",
                "http://100.64.0.1/",
                "http://100.127.255.255/",
                "http://[fc00::1]/",
                "http://[fdff::1]/",
                "http://[fe80::1]/",
                "http://[fec0::1]/",
                // not a single host, or not on the Internet
                "http://224.0.0.1/",
                "http://239.255.255.255/",
                "http://240.0.0.1/",
                "http://255.255.255.255/",
                "http://192.0.2.1/",
                "http://198.51.100.7/",
                "http://203.0.113.7/",
                "http://198.18.0.1/",
                "http://192.88.99.1/",
                "http://[ff02::1]/",
                "http://[2001:db8::1]/",
                "http://[100::1]/",
                "http://[4000::1]/",
                // IPv4 in IPv6 clothes
                "http://[::ffff:127.0.0.1]/",
                "http://[::ffff:7f00:1]/",
                "http://[::ffff:169.254.169.254]/",
                "http://[::ffff:10.0.0.1]/",
                "http://[::ffff:0:10.0.0.1]/",
                "http://[::10.0.0.1]/",
                "http://[64:ff9b::169.254.169.254]/",
                "http://[64:ff9b::a00:1]/",
                "http://[64:ff9b:1::a00:1]/",
                "http://[2002:a00:1::1]/",
                "http://[2002:a9fe:a9fe::1]/",
                "http://[2001:0:0:0:0:0:f5ff:fffe]/",
                "http://[2a00:1450::5efe:10.0.0.1]/",
                // not a URL for this
                "https://[fe80::1%25eth0]/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "gopher://example.com/",
                "jar:http://example.com/!/",
                "//example.com/",
                "/relative",
                "http:///nohost",
                "http://user:secret@example.com/",
                "http://example.com:0/",
                "http://example.com:65536/"
            })
    void refused(String url) {
        assertThatThrownBy(() -> guard.check(URI.create(url))).isInstanceOf(TaskProblem.class);
        assertThatThrownBy(() -> guard.resolve(URI.create(url))).isInstanceOf(TaskProblem.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://8.8.8.8/",
                "https://1.1.1.1/dns-query",
                "http://93.184.216.34:8080/path?q=1",
                "http://9.255.255.255/",
                "http://11.0.0.0/",
                "http://100.63.255.255/",
                "http://100.128.0.0/",
                "http://126.255.255.255/",
                "http://128.0.0.1/",
                "http://169.253.255.255/",
                "http://169.255.0.0/",
                "http://172.15.255.255/",
                "http://172.32.0.0/",
                "http://192.167.255.255/",
                "http://192.169.0.0/",
                "http://198.17.255.255/",
                "http://198.20.0.0/",
                "http://223.255.255.255/",
                "http://[2606:4700:4700::1111]/",
                "http://[2a00:1450:4001:80b::200e]/",
                "http://[::ffff:8.8.8.8]/",
                "http://[64:ff9b::8.8.8.8]/",
                "http://[2002:808:808::1]/"
            })
    void passes(String url) {
        assertThatCode(() -> guard.check(URI.create(url))).doesNotThrowAnyException();
        assertThatCode(() -> guard.resolve(URI.create(url))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.com/", "https://api.example.org:8443/x?y=z", "http://1.example.com/"})
    void nameIsNotResolvedAtSubmission(String url) {
        assertThatCode(() -> guard.check(URI.create(url))).doesNotThrowAnyException();
    }

    @Test
    void nameIsJudgedByItsAddressesAtDelivery() {
        assertThatThrownBy(() -> guard.resolve(URI.create("http://localhost:80/")))
                .hasMessageContaining("loopback")
                .hasMessageContaining("localhost");
    }

    @Test
    void refusalNamesTheAddressAndTheSetting() {
        assertThatThrownBy(() -> guard.check(URI.create("http://10.1.2.3/")))
                .isInstanceOfSatisfying(TaskProblem.class, problem -> {
                    assertThat(problem).hasMessageContaining("10.1.2.3 is private");
                    assertThat(problem.todo()).contains("10.1.2.3/32").contains("moa.async.http.allow");
                });
    }

    @Test
    void allowedRangePassesInEveryForm() {
        AddressGuard lenient = new AddressGuard(List.of("10.1.0.0/16", "fd12:3456::/32"), false);

        assertThatCode(() -> lenient.check(URI.create("http://10.1.2.3/"))).doesNotThrowAnyException();
        assertThatCode(() -> lenient.check(URI.create("http://[::ffff:10.1.2.3]/")))
                .doesNotThrowAnyException();
        assertThatCode(() -> lenient.check(URI.create("http://[fd12:3456::9]/")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> lenient.check(URI.create("http://10.2.0.1/"))).isInstanceOf(TaskProblem.class);
        assertThatThrownBy(() -> lenient.check(URI.create("http://127.0.0.1/"))).isInstanceOf(TaskProblem.class);
    }

    @Test
    void metadataPassesOnlyIfNamedToTheBit() {
        AddressGuard everything = new AddressGuard(List.of("0.0.0.0/0", "::/0"), true);
        AddressGuard named = new AddressGuard(List.of("169.254.169.254/32"), false);

        assertThatThrownBy(() -> everything.check(URI.create("http://169.254.169.254/")))
                .isInstanceOf(TaskProblem.class);
        assertThatThrownBy(() -> everything.check(URI.create("http://[::ffff:169.254.169.254]/")))
                .isInstanceOf(TaskProblem.class);
        assertThatThrownBy(() -> everything.check(URI.create("http://[fd00:ec2::254]/")))
                .isInstanceOf(TaskProblem.class);
        assertThatCode(() -> named.check(URI.create("http://169.254.169.254/"))).doesNotThrowAnyException();
    }

    @Test
    void loopbackPassesWhereMoaIsBoundToIt() {
        AddressGuard local = new AddressGuard(List.of(), true);

        InetSocketAddress address = local.resolve(URI.create("http://127.0.0.1:8080/"));

        assertThat(address.getPort()).isEqualTo(8080);
        assertThatCode(() -> local.check(URI.create("http://[::1]/"))).doesNotThrowAnyException();
        assertThatCode(() -> local.check(URI.create("http://localhost/"))).doesNotThrowAnyException();
        assertThatThrownBy(() -> local.check(URI.create("http://10.0.0.1/"))).isInstanceOf(TaskProblem.class);
        assertThatThrownBy(() -> local.check(URI.create("http://0.0.0.0/"))).isInstanceOf(TaskProblem.class);
    }

    @Test
    void resolvedAddressKeepsTheNameAndIsNotResolvedAgain() {
        InetSocketAddress address = new AddressGuard(List.of(), true).resolve(URI.create("https://localhost/"));

        assertThat(address.isUnresolved()).isFalse();
        assertThat(address.getHostString()).isEqualTo("localhost");
        assertThat(address.getPort()).isEqualTo(443);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com/8", "10.0.0.0/33", "10.0.0.0/x", "::/129", "", "10.0.0/8/8"})
    void wrongRangeIsRefusedAtStart(String range) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AddressGuard(List.of(range), false))
                .withMessageContaining("moa.async.http.allow");
    }
}
