package dev.moa.router.live;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import dev.moa.router.address.ServiceView;
import java.time.Clock;
import java.util.Set;
import java.util.function.Consumer;

/** The in-memory view kept by the watch. */
public final class LiveSource implements AddressSource {
    private final LiveView view;
    private final Clock clock;

    public LiveSource(LiveView view, Clock clock) {
        this.view = view;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "live";
    }

    @Override
    public String description() {
        return "the in-memory view of the registry's Redis, kept by wake-ups and comparison";
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public Finding find(ServiceName service, Deadline deadline) {
        ServiceView found = view.view(service);
        if (found != null) {
            return new Finding.Answered(found, clock.millis() - view.confirmedAtMs(service));
        }
        if (!view.isComplete()) {
            return new Finding.Failed("no store was compared since the start: " + view.failure());
        }
        String failure = view.failure();
        return failure == null
                ? new Finding.Unknown("the store did not know it at the last comparison")
                : new Finding.Failed("the store did not know it, and does not answer now: " + failure);
    }

    @Override
    public Set<ServiceName> services() {
        return view.services();
    }

    @Override
    public void onChange(Consumer<ServiceName> listener) {
        view.onChange(listener);
    }
}
