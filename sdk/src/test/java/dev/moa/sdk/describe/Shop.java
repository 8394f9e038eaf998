package dev.moa.sdk.describe;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.MoaMethod;
import dev.moa.sdk.annotation.NonBlocking;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A service with every kind of type. */
public interface Shop {

    @Idempotent
    @MoaMethod(timeoutMs = 300)
    Order find(UUID id, @Nullable Currency currency) throws OrderNotFound;

    @NonBlocking
    int count();

    CompletionStage<Page<Order>> search(Query query, Optional<Integer> limit);

    @Nullable
    String note(long id);

    void put(long id, byte[] picture, List<@Nullable String> tags);

    Map<String, List<Order>> byCustomer(Set<Long> customers, EnumMap<Currency, BigDecimal> least);

    Object anything(Object value);

    Payment pay(Payment payment) throws OrderNotFound, TooLate;

    enum Currency {
        EUR,
        CNY
    }

    record Order(
            UUID id,
            Instant at,
            LocalDate due,
            @Nullable Duration late,
            Currency currency,
            List<Item> items,
            @Nullable Order replaces,
            Optional<String> note) {}

    record Item(String name, double price, int[] sizes, boolean gift) {}

    record Query(@Nullable String text, Map<String, Integer> ranges) {}

    record Page<T>(List<T> entries, @Nullable String next) {}

    /** Told apart by a property. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Payment.Card.class, name = "card"),
        @JsonSubTypes.Type(value = Payment.Cash.class, name = "cash")
    })
    sealed interface Payment {
        record Card(String number) implements Payment {}

        record Cash(BigDecimal amount, Currency currency) implements Payment {}
    }

    /** There is no such order. */
    final class OrderNotFound extends Exception {
        private static final long serialVersionUID = 1L;
        private final UUID id;

        public OrderNotFound(UUID id) {
            super("no order " + id);
            this.id = id;
        }

        public UUID getId() {
            return id;
        }
    }

    /** Says nothing of itself. */
    final class TooLate extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
