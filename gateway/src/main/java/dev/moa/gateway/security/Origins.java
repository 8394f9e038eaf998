package dev.moa.gateway.security;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * Whether a browser sends a request for the gateway's own pages or for somebody else's. A page of another origin
 * can make a browser send requests with its cookies, or to a loopback address that only this machine reaches;
 * neither may do anything here.
 */
final class Origins {

    private final Set<String> allowed;
    private final Set<String> hosts;

    Origins(List<String> allowedOrigins, List<String> allowedHosts) {
        this.allowed = allowedOrigins.stream().map(Origins::lower).collect(Collectors.toUnmodifiableSet());
        this.hosts = allowedHosts.stream().map(Origins::lower).collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the origin that has no business here, or null. */
    @Nullable
    String foreign(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String origin = headers.getFirst(HttpHeaders.ORIGIN);
        if (origin != null) {
            String host = headers.getFirst(HttpHeaders.HOST);
            boolean own = host != null && authority(lower(origin)).equals(withoutDefaultPort(lower(host)));
            return own || allowed.contains(lower(origin)) ? null : origin;
        }
        // images, forms and links carry no Origin on GET; browsers still say where they come from
        boolean link = request.getMethod() == HttpMethod.GET && "navigate".equals(headers.getFirst("Sec-Fetch-Mode"));
        return "cross-site".equals(headers.getFirst("Sec-Fetch-Site")) && !link ? "another site" : null;
    }

    /**
     * Returns whether the name by which the gateway was reached cannot be one that a foreign page made its own
     * (DNS rebinding): localhost, a plain address, or a name that the settings allow.
     */
    boolean isKnownHost(ServerHttpRequest request) {
        InetSocketAddress host = request.getHeaders().getHost();
        if (host == null) {
            return true;
        }
        String name = lower(host.getHostString());
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.indexOf(':') >= 0
                || name.startsWith("[")
                || isIpv4(name)
                || hosts.contains(name);
    }

    private static boolean isIpv4(String name) {
        int dots = 0;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.') {
                dots++;
            } else if (c < '0' || c > '9') {
                return false;
            }
        }
        return dots == 3;
    }

    private static String authority(String origin) {
        int scheme = origin.indexOf("://");
        return scheme < 0 ? origin : withoutDefaultPort(origin.substring(scheme + 3));
    }

    private static String withoutDefaultPort(String authority) {
        if (authority.endsWith(":80")) {
            return authority.substring(0, authority.length() - 3);
        }
        return authority.endsWith(":443") ? authority.substring(0, authority.length() - 4) : authority;
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
