package dev.moa.async.deliver;

import dev.moa.async.task.TaskProblem;
import dev.moa.protocol.StatusCode;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which addresses an HTTP target may have, so that a task cannot reach what its sender could not: the
 * metadata service of a cloud, this machine, the network behind the firewall (SSRF).
 *
 * <p>The answer is about addresses, never about names: a name is resolved once, every address it has must
 * pass, and the caller connects to the very address that was checked. IPv6 forms that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4, Teredo) are judged by the address they carry as well. Ranges of
 * {@code moa.async.http.allow} pass first; the metadata addresses pass only if they are named to the bit.
 */
public final class AddressGuard {
    /** The setting that lets addresses through. */
    public static final String SETTING = "moa.async.http.allow";

    private static final Set<String> SCHEMES = Set.of("http", "https");

    /** IANA special-purpose registries, 2024, and what clouds put behind link-local and unique-local addresses. */
    private static final List<Range> REFUSED = List.of(
            Range.of("0.0.0.0/8", "this network"),
            Range.of("10.0.0.0/8", "private"),
            Range.of("100.64.0.0/10", "carrier-grade NAT"),
            Range.of("127.0.0.0/8", "loopback"),
            Range.of("169.254.0.0/16", "link-local, where clouds keep their metadata"),
            Range.of("172.16.0.0/12", "private"),
            Range.of("192.0.0.0/24", "protocol assignments"),
            Range.of("192.0.2.0/24", "documentation"),
            Range.of("192.31.196.0/24", "AS112"),
            Range.of("192.52.193.0/24", "AMT"),
            Range.of("192.88.99.0/24", "6to4 relay"),
            Range.of("192.168.0.0/16", "private"),
            Range.of("192.175.48.0/24", "AS112"),
            Range.of("198.18.0.0/15", "benchmarking"),
            Range.of("198.51.100.0/24", "documentation"),
            Range.of("203.0.113.0/24", "documentation"),
            Range.of("224.0.0.0/4", "multicast"),
            Range.of("240.0.0.0/4", "reserved"),
            Range.of("168.63.129.16/32", "the metadata service of a cloud"),
            Range.of("::/128", "unspecified"),
            Range.of("::1/128", "loopback"),
            Range.of("64:ff9b:1::/48", "local NAT64"),
            Range.of("100::/64", "discard"),
            Range.of("2001::/23", "protocol assignments"),
            Range.of("2001:db8::/32", "documentation"),
            Range.of("3fff::/20", "documentation"),
            Range.of("5f00::/16", "segment routing"),
            Range.of("fc00::/7", "unique local, where clouds keep their metadata"),
            Range.of("fe80::/10", "link-local"),
            Range.of("fec0::/10", "site-local"),
            Range.of("ff00::/8", "multicast"));

    private static final List<Range> METADATA = List.of(
            Range.of("169.254.0.0/16", "link-local, where clouds keep their metadata"),
            Range.of("168.63.129.16/32", "the metadata service of a cloud"),
            Range.of("100.100.100.200/32", "the metadata service of a cloud"),
            Range.of("192.0.0.192/32", "the metadata service of a cloud"),
            Range.of("fd00:ec2::/32", "the metadata service of a cloud"),
            Range.of("fd20:ce::254/128", "the metadata service of a cloud"),
            Range.of("fe80::/10", "link-local, where clouds keep their metadata"));

    private final List<Range> allowed;
    private final boolean loopbackAllowed;

    /**
     * @param allow ranges such as {@code 10.1.0.0/16} that pass
     * @param loopbackAllowed whether this machine passes: only where moa itself is bound to loopback
     */
    public AddressGuard(List<String> allow, boolean loopbackAllowed) {
        this.allowed =
                allow.stream().map(range -> Range.of(range.trim(), "allowed")).toList();
        this.loopbackAllowed = loopbackAllowed;
    }

    /**
     * Checks what can be known without asking DNS: the form of the URL, and the address where it is written
     * as one.
     *
     * @throws TaskProblem that names the address and the setting
     */
    public void check(URI url) {
        form(url);
        InetAddress literal = literal(url.getHost());
        if (literal == null) {
            literal = wellKnown(url.getHost());
        }
        if (literal != null) {
            check(url.getHost(), literal);
        }
    }

    /** Returns what a name means on every machine, so that it can be refused before it is resolved; null for any other name. */
    private static @Nullable InetAddress wellKnown(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        try {
            if (name.equals("localhost") || name.endsWith(".localhost")) {
                return InetAddress.getByAddress(new byte[] {127, 0, 0, 1}); // RFC 6761, 6.3
            }
            if (name.equals("metadata.google.internal") || name.equals("metadata")) {
                return InetAddress.getByAddress(new byte[] {(byte) 169, (byte) 254, (byte) 169, (byte) 254});
            }
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
        return null;
    }

    /**
     * Resolves the host once, checks every address it has, and returns the one to connect to. Blocks for DNS.
     *
     * @throws TaskProblem that names the address and the setting; UNAVAILABLE where the name has no address
     */
    public InetSocketAddress resolve(URI url) {
        form(url);
        String host = bare(url.getHost());
        InetAddress[] addresses;
        InetAddress literal = literal(url.getHost());
        try {
            addresses = literal != null ? new InetAddress[] {literal} : InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new TaskProblem(
                    StatusCode.UNAVAILABLE,
                    "host %s has no address".formatted(host),
                    host,
                    null,
                    "check the name and DNS");
        }
        for (InetAddress address : addresses) {
            check(host, address);
        }
        int port = url.getPort() != -1 ? url.getPort() : url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return new InetSocketAddress(named(host, addresses[0]), port);
    }

    private static void form(URI url) {
        String scheme = url.getScheme();
        if (scheme == null || !SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))) {
            throw TaskProblem.invalid("url", url.toString(), "an absolute URL, http or https");
        }
        if (url.getHost() == null || url.getHost().isEmpty()) {
            throw TaskProblem.invalid("url", url.toString(), "a host name or an address");
        }
        if (url.getRawUserInfo() != null) {
            throw TaskProblem.invalid("url", "(with credentials)", "no user or password in the URL; send a header");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw TaskProblem.invalid("url", url.toString(), "a port from 1 to 65535");
        }
    }

    private void check(String host, InetAddress address) {
        byte[] bytes = address.getAddress();
        String reason = refusal(bytes);
        if (reason != null) {
            String shown = address.getHostAddress();
            throw new TaskProblem(
                    StatusCode.INVALID_ARGUMENT,
                    "url: %s is not a place a task may go: %s is %s (expected: a public address, or one that %s allows)"
                            .formatted(host, shown, reason, SETTING),
                    shown,
                    "public addresses, and the ranges of " + SETTING,
                    "if this is meant, add %s/%d to %s".formatted(shown, bytes.length * 8, SETTING));
        }
    }

    /** Returns why an address is refused, null if it passes. */
    @Nullable
    String refusal(byte[] address) {
        byte[] carried = address.length == 16 ? carriedIpv4(address) : null;
        for (Range metadata : METADATA) {
            if (metadata.contains(address) || (carried != null && metadata.contains(carried))) {
                byte[] meant = carried != null ? carried : address;
                boolean named = allowed.stream().anyMatch(r -> r.isSingle() && r.contains(meant));
                return named ? null : metadata.what();
            }
        }
        if (carried != null) {
            // what it carries must pass, and allowing that allows this form of it
            String reason = refusal(carried);
            return reason == null ? null : "an IPv6 form of an address that is " + reason;
        }
        if (allowed.stream().anyMatch(r -> r.contains(address))) {
            return null;
        }
        if (loopbackAllowed && isLoopback(address)) {
            return null;
        }
        for (Range refused : REFUSED) {
            if (refused.contains(address)) {
                return refused.what();
            }
        }
        // outside 2000::/3 nothing is public
        if (address.length == 16 && (address[0] & 0xE0) != 0x20) {
            return "not a global address";
        }
        return null;
    }

    private static boolean isLoopback(byte[] address) {
        return address.length == 4 ? address[0] == 127 : Arrays.equals(address, LOOPBACK_6);
    }

    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    /** Returns the IPv4 address that an IPv6 address carries, null if it carries none. */
    private static byte @Nullable [] carriedIpv4(byte[] a) {
        if (startsWith(a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff)) {
            return Arrays.copyOfRange(a, 12, 16); // ::ffff:a.b.c.d, mapped
        }
        if (startsWith(a, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0)) {
            return Arrays.copyOfRange(a, 12, 16); // ::ffff:0:a.b.c.d, translated
        }
        if (startsWith(a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) && !isLoopback(a) && !allZero(a)) {
            return Arrays.copyOfRange(a, 12, 16); // ::a.b.c.d, compatible
        }
        if (startsWith(a, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0)) {
            return Arrays.copyOfRange(a, 12, 16); // 64:ff9b::a.b.c.d, NAT64
        }
        if (startsWith(a, 0x20, 0x02)) {
            return Arrays.copyOfRange(a, 2, 6); // 2002:aabb:ccdd::, 6to4
        }
        if (startsWith(a, 0x20, 0x01, 0, 0)) {
            byte[] carried = Arrays.copyOfRange(a, 12, 16); // Teredo, the client's address inverted
            for (int i = 0; i < 4; i++) {
                carried[i] = (byte) ~carried[i];
            }
            return carried;
        }
        // ISATAP: an interface id of 0000:5efe or 0200:5efe
        if ((a[8] & 0xFD) == 0 && a[9] == 0 && a[10] == 0x5e && (a[11] & 0xFF) == 0xfe) {
            return Arrays.copyOfRange(a, 12, 16);
        }
        return null;
    }

    private static boolean allZero(byte[] a) {
        for (byte b : a) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean startsWith(byte[] a, int... prefix) {
        for (int i = 0; i < prefix.length; i++) {
            if ((a[i] & 0xFF) != prefix[i]) {
                return false;
            }
        }
        return true;
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * Returns the address that {@code host} is written as, null if it is a name. Short and odd forms of IPv4
     * ({@code 127.1}, {@code 0x7f000001}, {@code 2130706433}, {@code 0177.0.0.1}) are refused: what they mean
     * depends on who reads them.
     */
    private static @Nullable InetAddress literal(String host) {
        String bare = bare(host);
        if (bare.indexOf(':') >= 0) {
            if (bare.indexOf('%') >= 0) {
                throw TaskProblem.invalid("url", host, "an address without a zone");
            }
            try {
                return InetAddress.getByName(bare);
            } catch (UnknownHostException e) {
                throw TaskProblem.invalid("url", host, "an IPv6 address in brackets");
            }
        }
        String last = bare.endsWith(".") ? bare.substring(0, bare.length() - 1) : bare;
        String top = last.substring(last.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        // a name whose last label is a number is an address to every resolver (WHATWG URL, 3.5)
        if (!top.isEmpty() && (top.chars().allMatch(c -> c >= '0' && c <= '9') || top.matches("0x[0-9a-f]*"))) {
            byte[] bytes = dottedQuad(bare);
            if (bytes == null) {
                throw TaskProblem.invalid("url", host, "an IPv4 address as four decimal numbers without leading zeros");
            }
            try {
                return InetAddress.getByAddress(bytes);
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e);
            }
        }
        return null;
    }

    private static byte @Nullable [] dottedQuad(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return null;
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            String part = parts[i];
            if (!part.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(part) > 255) {
                return null;
            }
            bytes[i] = (byte) Integer.parseInt(part);
        }
        return bytes;
    }

    /** Returns the address under the name, for TLS and for the log: it is not resolved again. */
    private static InetAddress named(String host, InetAddress address) {
        try {
            return InetAddress.getByAddress(host, address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A range of addresses of one family. */
    private record Range(byte[] network, int bits, String what) {

        static Range of(String cidr, String what) {
            int slash = cidr.indexOf('/');
            String address = slash < 0 ? cidr : cidr.substring(0, slash);
            // only literals: a name here would make the guard depend on DNS
            if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw new IllegalArgumentException(
                        "%s: '%s' (expected: a range such as 10.1.0.0/16)".formatted(SETTING, cidr));
            }
            byte[] network;
            int bits;
            try {
                InetAddress parsed = InetAddress.getByName(address);
                network = parsed.getAddress();
                bits = slash < 0 ? network.length * 8 : Integer.parseInt(cidr.substring(slash + 1));
                boolean asWritten =
                        parsed instanceof Inet6Address || (parsed instanceof Inet4Address && address.indexOf(':') < 0);
                if (!asWritten || bits < 0 || bits > network.length * 8) {
                    throw new IllegalArgumentException("bits");
                }
            } catch (UnknownHostException | IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "%s: '%s' (expected: a range such as 10.1.0.0/16)".formatted(SETTING, cidr), e);
            }
            return new Range(network, bits, what);
        }

        boolean isSingle() {
            return bits == network.length * 8;
        }

        boolean contains(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            int whole = bits / 8;
            for (int i = 0; i < whole; i++) {
                if (address[i] != network[i]) {
                    return false;
                }
            }
            int rest = bits % 8;
            if (rest == 0) {
                return true;
            }
            int mask = 0xFF << (8 - rest);
            return (address[whole] & mask) == (network[whole] & mask);
        }
    }
}
