package dev.moa.router.nameserver;

import dev.moa.router.address.ServiceView;
import java.util.function.LongFunction;

/**
 * The records of one revision of a service: made once, and anew each second for as long as an instance is young. Safe
 * for many threads.
 */
final class AgedRecords {
    private static final long GROWN_UP = Long.MAX_VALUE;

    private final ServiceView view;
    private final LongFunction<ServiceRecords> maker;
    private volatile Made made;

    private record Made(long second, ServiceRecords records) {}

    /** @param maker makes them as of a moment in milliseconds */
    AgedRecords(ServiceView view, long nowMs, LongFunction<ServiceRecords> maker) {
        this.view = view;
        this.maker = maker;
        this.made = new Made(second(nowMs), maker.apply(nowMs));
    }

    ServiceRecords at(long nowMs) {
        Made last = made;
        if (last.second != second(nowMs)) {
            last = new Made(second(nowMs), maker.apply(nowMs));
            made = last;
        }
        return last.records;
    }

    private long second(long nowMs) {
        return view.isYoung(nowMs) ? nowMs / 1_000 : GROWN_UP;
    }

    /** Returns how many bytes they take, at whatever age. */
    int bytes() {
        return made.records.bytes();
    }
}
