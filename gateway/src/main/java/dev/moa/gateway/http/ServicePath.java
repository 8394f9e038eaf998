package dev.moa.gateway.http;

import dev.moa.protocol.ServiceName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One way to read a path below {@code /http}: which service it names, and what is left for the service.
 *
 * @param service the head of the path
 * @param rest the rest of it as it came, percent-encoded; starts with a slash
 */
record ServicePath(ServiceName service, String rest) {

    static final String PREFIX = "/http";

    /** A service name has at most 128 characters; names of more segments than this are not looked for. */
    private static final int MOST_SEGMENTS = 8;

    /** Returns every way to read {@code rawPath}, the longest service name first; none if it names none. */
    static List<ServicePath> candidates(String rawPath) {
        String path = rawPath.substring(PREFIX.length());
        List<ServicePath> found = new ArrayList<>();
        int end = 0;
        for (int segment = 0; segment < MOST_SEGMENTS && end < path.length(); segment++) {
            int next = path.indexOf('/', end + 1);
            end = next < 0 ? path.length() : next;
            ServiceName service = nameOrNull(path.substring(0, end));
            if (service == null) {
                break;
            }
            String rest = path.substring(end);
            found.add(0, new ServicePath(service, rest.isEmpty() ? "/" : rest));
        }
        return found;
    }

    private static @Nullable ServiceName nameOrNull(String value) {
        try {
            return ServiceName.of(value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
