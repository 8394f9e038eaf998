package dev.moa.sdk;

import dev.moa.sdk.context.CallScope;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

class PoliteGreeter implements Greeter {

    final AtomicInteger calls = new AtomicInteger();
    final String name;
    volatile Function<String, String> nested = any -> "nothing nested";
    volatile @Nullable CallScope lastScope;

    PoliteGreeter(String name) {
        this.name = name;
    }

    @Override
    public String hello(String to) {
        lastScope = CallScope.current();
        calls.incrementAndGet();
        return "hello " + to;
    }

    @Override
    public String who() {
        calls.incrementAndGet();
        return name;
    }

    @Override
    public CompletionStage<String> later(String to) {
        return CompletableFuture.supplyAsync(
                () -> "later " + to, CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS));
    }

    @Override
    public Person find(long id, @Nullable String zone) throws NobodyException {
        if (id < 0) {
            throw new NobodyException(id);
        }
        return new Person(id, "p" + id + (zone == null ? "" : "@" + zone));
    }

    @Override
    public List<Person> all(Map<String, Integer> ages) {
        return ages.entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .map(each -> new Person(each.getValue(), each.getKey()))
                .toList();
    }

    @Override
    public void broken() {
        throw new IllegalStateException("the secret of the house");
    }

    @Override
    public void sleep(long milliseconds) {
        calls.incrementAndGet();
        try {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String nested(String to) {
        lastScope = CallScope.current();
        return nested.apply(to);
    }
}
