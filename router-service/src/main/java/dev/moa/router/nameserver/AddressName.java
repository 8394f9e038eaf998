package dev.moa.router.nameserver;

import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names for addresses, as SRV targets need them: one label that spells address and port, so that any router turns it
 * back without knowing the instance.
 *
 * <p>The port is part of it although SRV has it already, because HAProxy takes two SRV records with one target for one
 * server. Addresses of private networks (10/8, 127/8, 100.64/10, 172.16/12, 192.168/16, 169.254/16) and a port fit into
 * 8 digits to the base of 36, and with 8 a record takes 32 bytes: 2,000 of them fit into one message. Other addresses
 * are spelt {@code <hexadecimal>-<port to the base of 36>}.
 */
final class AddressName {
    private static final int BASE = 36;
    private static final int SHORT_LENGTH = 8;
    private static final int PORT_BITS = 16;

    /**
     * A private network and where its codes begin.
     *
     * @param bits how many bits of the address are the host's
     */
    private record Network(long first, int bits, long offset) {
        long size() {
            return 1L << bits + PORT_BITS;
        }
    }

    private static final Network[] NETWORKS = networks(
            new long[] {0x0a000000L, 0x7f000000L, 0x64400000L, 0xac100000L, 0xc0a80000L, 0xa9fe0000L},
            new int[] {24, 24, 22, 20, 16, 16});

    private AddressName() {}

    private static Network[] networks(long[] first, int[] bits) {
        Network[] networks = new Network[first.length];
        long offset = 0;
        for (int i = 0; i < first.length; i++) {
            networks[i] = new Network(first[i], bits[i], offset);
            offset += networks[i].size();
        }
        return networks;
    }

    /** Returns the label of an address of 4 or 16 bytes and a port. */
    static String of(byte[] address, int port) {
        if (address.length == 4) {
            long number = number(address);
            for (Network network : NETWORKS) {
                if (number >> network.bits == network.first >> network.bits) {
                    long code = network.offset + ((number - network.first) << PORT_BITS) + port;
                    String digits = Long.toString(code, BASE);
                    return "0".repeat(SHORT_LENGTH - digits.length()) + digits;
                }
            }
        }
        return HexFormat.of().formatHex(address) + "-" + Integer.toString(port, BASE);
    }

    /** Returns the address that a label in lower case spells, or null. */
    static byte @Nullable [] parse(String label) {
        try {
            int dash = label.indexOf('-');
            if (dash == 8 || dash == 32) {
                return HexFormat.of().parseHex(label.substring(0, dash));
            }
            return dash < 0 && label.length() == SHORT_LENGTH ? parseShort(label) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static byte @Nullable [] parseShort(String label) {
        long code = Long.parseLong(label.toUpperCase(Locale.ROOT), BASE);
        for (Network network : NETWORKS) {
            if (code >= network.offset && code < network.offset + network.size()) {
                long number = network.first + (code - network.offset >> PORT_BITS);
                return new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number};
            }
        }
        return null;
    }

    private static long number(byte[] address) {
        return (address[0] & 0xffL) << 24 | (address[1] & 0xff) << 16 | (address[2] & 0xff) << 8 | address[3] & 0xff;
    }
}
