package dev.moa.sdk;

import dev.moa.protocol.CallHandler;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.publish.PublishedService;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.MethodStatistics;
import dev.moa.sdk.stats.Statistics;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** What a server offers under one name: who answers the calls, and where they are counted. */
final class Offer {

    private final ServiceName name;
    private final CallHandler handler;
    private final @Nullable Statistics statistics;
    // of a PublishedService only, whose methods are known: no more than it has
    private final ConcurrentMap<String, MethodStatistics> counted = new ConcurrentHashMap<>();

    Offer(ServiceName name, CallHandler handler, @Nullable Statistics statistics) {
        this.name = name;
        this.handler = handler;
        this.statistics = statistics;
    }

    CallHandler handler() {
        return handler;
    }

    /** Returns whether calls of a method begin on the event loop now. */
    boolean isOnLoop(String method) {
        return handler instanceof PublishedService published && published.isOnLoop(method);
    }

    /** Returns where the calls of a method are counted; null for nowhere, as of a method that does not exist. */
    @Nullable
    MethodStatistics counted(String method) {
        Statistics counter = statistics;
        if (counter == null) {
            return null;
        }
        if (!(handler instanceof PublishedService published)) {
            return counter.method(name, method, CallSide.SERVER);
        }
        MethodStatistics known = counted.get(method);
        if (known == null && published.has(method)) {
            known = counter.method(name, method, CallSide.SERVER);
            counted.put(method, known);
        }
        return known;
    }
}
