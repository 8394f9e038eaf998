package dev.moa.dev.stub;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

final class KeptOrders implements Orders {

    @Override
    public Order find(long id, @Nullable Currency currency) throws OrderNotFound {
        if (id < 0) {
            throw new OrderNotFound(id);
        }
        Item tea = new Item("tea", 2.5);
        return new Order(
                id,
                Instant.parse("2026-01-02T03:04:05Z"),
                currency,
                List.of(tea),
                Map.of("gift", tea),
                true,
                Optional.empty());
    }

    @Override
    public CompletionStage<List<Order>> search(Map<String, Integer> ranges, Optional<String> text) {
        return CompletableFuture.completedFuture(ranges.values().stream()
                .map(id -> new Order(id, Instant.parse("2026-01-02T03:04:05Z"), null, List.of(), Map.of(), false, text))
                .toList());
    }

    @Override
    public Payment pay(Payment payment, boolean twice) {
        return twice && payment instanceof Payment.Cash cash
                ? new Payment.Cash(2 * cash.amount(), cash.currency())
                : payment;
    }

    @Override
    public @Nullable String note(long id) {
        return id == 0 ? null : "note " + id;
    }

    @Override
    public void forget(List<Long> ids) {}

    @Override
    public Object echo(Object value) {
        return value;
    }
}
