package dev.moa.router.nameserver;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.InetSocketAddress;
import java.util.List;

/** Who may ask: this machine, and the networks of the settings. */
final class Admission {
    private final List<IpSubnetFilterRule> networks;

    /** @throws IllegalArgumentException if one is not a network like {@code 10.0.0.0/8} */
    Admission(List<String> networks) {
        this.networks = networks.stream().map(Admission::rule).toList();
    }

    boolean allows(InetSocketAddress sender) {
        if (sender.getAddress().isLoopbackAddress()) {
            return true;
        }
        for (IpSubnetFilterRule network : networks) {
            if (network.matches(sender)) {
                return true;
            }
        }
        return false;
    }

    private static IpSubnetFilterRule rule(String network) {
        int slash = network.indexOf('/');
        try {
            return new IpSubnetFilterRule(
                    network.substring(0, slash),
                    Integer.parseInt(network.substring(slash + 1).strip()),
                    IpFilterRuleType.ACCEPT);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "moa.router.name-server.networks: '%s' (expected: an address and a prefix, like 10.0.0.0/8)"
                            .formatted(network),
                    e);
        }
    }
}
