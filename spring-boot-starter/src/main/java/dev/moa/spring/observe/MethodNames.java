package dev.moa.spring.observe;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.StatusCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which services and methods keep their names in tags. A name is known once a call of it was answered with anything
 * but "no such": a peer that makes up names never gets one in. Safe for many threads.
 */
final class MethodNames {

    private static final Name UNKNOWN = new Name("(unknown)", "(unknown)");
    private static final Name OTHER = new Name("(other)", "(other)");

    /** What stands in tags. */
    record Name(String service, String method) {}

    private final int limit;
    private final Set<Name> known = ConcurrentHashMap.newKeySet();
    private final AtomicInteger count = new AtomicInteger();

    MethodNames(int limit) {
        this.limit = limit;
    }

    Name of(CallRequest request) {
        Name name = new Name(request.service().value(), request.method());
        if (known.contains(name)) {
            return name;
        }
        return count.get() < limit ? UNKNOWN : OTHER;
    }

    /** Notes how a call ended and returns its name as it stands from now on. */
    Name answered(CallRequest request, StatusCode code) {
        if (code != StatusCode.UNIMPLEMENTED && code != StatusCode.NOT_FOUND && count.get() < limit) {
            Name name = new Name(request.service().value(), request.method());
            if (known.add(name)) {
                count.incrementAndGet();
            }
        }
        return of(request);
    }
}
