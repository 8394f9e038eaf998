package dev.moa.sdk;

import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.MoaMethod;
import dev.moa.sdk.annotation.NonBlocking;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A service with one method of each kind. */
public interface Greeter {

    @NonBlocking
    String hello(String name);

    @Idempotent
    String who();

    CompletionStage<String> later(String name);

    Person find(long id, @Nullable String zone) throws NobodyException;

    List<Person> all(Map<String, Integer> ages);

    void broken();

    @MoaMethod(timeoutMs = 200)
    void sleep(long milliseconds);

    String nested(String name);

    record Person(long id, String name) {}

    /** Nobody has the id. */
    final class NobodyException extends Exception {
        private static final long serialVersionUID = 1L;
        private final long id;

        public NobodyException(long id) {
            super("nobody has the id " + id);
            this.id = id;
        }

        public long getId() {
            return id;
        }
    }
}
