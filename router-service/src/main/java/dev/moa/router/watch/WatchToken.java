package dev.moa.router.watch;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Stamp;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client has: the resume token, opaque to it. A service whose stamp is null was unknown when the client
 * last asked; a service that is absent was never answered.
 */
record WatchToken(Map<ServiceName, @Nullable Stamp> stamps) {

    /** Longer ones are not ours. */
    private static final int MAX_LENGTH = 1 << 20;

    /**
     * Reads what a token says of some services; one that is not readable is as none, so that the client gets everything
     * anew.
     */
    static WatchToken parse(@Nullable String token, Set<ServiceName> services) {
        Map<ServiceName, @Nullable Stamp> stamps = new LinkedHashMap<>();
        if (token == null || token.isEmpty() || token.length() > MAX_LENGTH) {
            return new WatchToken(stamps);
        }
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            for (String line : text.split("\n")) {
                int space = line.indexOf(' ');
                ServiceName service = space > 0 ? ServiceName.of(line.substring(0, space)) : null;
                if (service != null && services.contains(service)) {
                    stamps.put(service, Stamp.parse(line.substring(space + 1)));
                }
            }
        } catch (IllegalArgumentException e) {
            stamps.clear();
        }
        return new WatchToken(stamps);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        stamps.forEach((service, stamp) -> text.append(service)
                .append(' ')
                .append(stamp == null ? "-" : stamp.toString())
                .append('\n'));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.toString().getBytes(StandardCharsets.UTF_8));
    }
}
