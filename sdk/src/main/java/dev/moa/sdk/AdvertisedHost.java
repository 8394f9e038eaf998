package dev.moa.sdk;

import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** The host that callers reach a server by. */
final class AdvertisedHost {

    private AdvertisedHost() {}

    /** Returns the given one, or the bound one, or for a wildcard the machine's first address that is not loopback. */
    static String of(@Nullable String given, String bound) {
        if (given != null && !given.isBlank()) {
            return given;
        }
        if (!bound.isEmpty() && !bound.equals("0.0.0.0") && !bound.equals("::") && !bound.equals("*")) {
            return bound;
        }
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(AdvertisedHost::isUp)
                    .sorted(Comparator.comparing(NetworkInterface::getIndex))
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .min(Comparator.comparing(address -> address instanceof Inet4Address ? 0 : 1))
                    .orElse(InetAddress.getLoopbackAddress())
                    .getHostAddress();
        } catch (SocketException e) {
            throw new UncheckedIOException(
                    "advertiseHost: the machine's addresses cannot be read (set the host that callers use)", e);
        }
    }

    private static boolean isUp(NetworkInterface network) {
        try {
            return network.isUp() && !network.isLoopback();
        } catch (SocketException e) {
            return false;
        }
    }
}
