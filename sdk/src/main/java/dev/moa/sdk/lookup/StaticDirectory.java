package dev.moa.sdk.lookup;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Addresses that the program itself gives and changes: for tests, for fixed set-ups, and under other directories.
 *
 * <p>Listeners run on the thread that changes the directory, one change after the other.
 */
public final class StaticDirectory implements Directory {

    private final ConcurrentMap<ServiceName, ServiceAnswer> answers = new ConcurrentHashMap<>();
    private final ConcurrentMap<ServiceName, List<Consumer<ServiceAnswer>>> listeners = new ConcurrentHashMap<>();

    /** Sets the instances of a service and tells those who watch it. */
    public synchronized StaticDirectory put(ServiceName service, List<InstanceAddress> instances) {
        ServiceAnswer before = answers.get(service);
        ServiceAnswer answer = new ServiceAnswer(
                service, "static", before == null ? 1 : before.revision() + 1, "static", 0, instances);
        answers.put(service, answer);
        listeners.getOrDefault(service, List.of()).forEach(listener -> listener.accept(answer));
        return this;
    }

    /** As {@link #put(ServiceName, List)}, with one instance that is up at {@code host:port}. */
    public StaticDirectory put(ServiceName service, String host, int port) {
        return put(service, List.of(InstanceAddress.of(host, port)));
    }

    /** Forgets a service; those who watch it see no instances. */
    public synchronized void remove(ServiceName service) {
        if (answers.containsKey(service)) {
            put(service, List.of());
            answers.remove(service);
        }
    }

    /** Returns what is known, by service. */
    public Map<ServiceName, ServiceAnswer> answers() {
        return new LinkedHashMap<>(answers);
    }

    @Override
    public CompletableFuture<List<ServiceName>> services(Deadline deadline) {
        return CompletableFuture.completedFuture(answers.values().stream()
                .filter(answer -> !answer.instances().isEmpty())
                .map(ServiceAnswer::service)
                .sorted()
                .toList());
    }

    @Override
    public CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline) {
        ServiceAnswer answer = answers.get(service);
        return answer != null
                ? CompletableFuture.completedFuture(answer)
                : CompletableFuture.failedFuture(new MoaException(
                        StatusCode.NOT_FOUND, "service '%s' is not in the static directory".formatted(service)));
    }

    @Override
    public synchronized AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener) {
        List<Consumer<ServiceAnswer>> all = listeners.computeIfAbsent(service, any -> new CopyOnWriteArrayList<>());
        all.add(listener);
        ServiceAnswer answer = answers.get(service);
        if (answer != null) {
            listener.accept(answer);
        }
        return () -> all.remove(listener);
    }
}
