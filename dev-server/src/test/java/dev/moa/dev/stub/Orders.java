package dev.moa.dev.stub;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.MoaMethod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The service whose stubs are committed and called: a bit of everything. */
public interface Orders {

    @Idempotent
    @MoaMethod(timeoutMs = 2_000)
    Order find(long id, @Nullable Currency currency) throws OrderNotFound;

    CompletionStage<List<Order>> search(Map<String, Integer> ranges, Optional<String> text);

    Payment pay(Payment payment, boolean twice) throws OrderNotFound;

    @Nullable
    String note(long id);

    void forget(List<Long> ids);

    Object echo(Object value);

    enum Currency {
        EUR,
        CNY
    }

    record Order(
            long id,
            Instant at,
            @Nullable Currency currency,
            List<Item> items,
            Map<String, Item> extras,
            @JsonProperty("in-stock") boolean inStock,
            Optional<String> from) {}

    record Item(String name, double price) {}

    /** Told apart by a property. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Payment.Card.class, name = "card"),
        @JsonSubTypes.Type(value = Payment.Cash.class, name = "cash")
    })
    sealed interface Payment {
        record Card(String number) implements Payment {}

        record Cash(double amount, Currency currency) implements Payment {}
    }

    /** There is no such order. */
    final class OrderNotFound extends Exception {
        private static final long serialVersionUID = 1L;
        private final long id;

        public OrderNotFound(long id) {
            super("no order " + id);
            this.id = id;
        }

        public long getId() {
            return id;
        }
    }
}
