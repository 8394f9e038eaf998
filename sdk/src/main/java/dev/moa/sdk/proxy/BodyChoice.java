package dev.moa.sdk.proxy;

import dev.moa.protocol.Payload;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.OpenTypeException;
import dev.moa.sdk.codec.OutsideTypeException;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the arguments of one proxy's next call are written as.
 *
 * <p>It begins with JSON that carries the hash of this end's types; the answer carries the other end's. When they are
 * equal, bodies are binary from then on. When they are not, or an instance refuses (a rolling release: some instances
 * have the new interface, some the old one), they are JSON, and the question is put again after {@value #ASK_AGAIN_MS}
 * ms. Methods of texts and numbers alone stay with JSON, which is no longer and takes less time. Safe for many threads; a lost update costs one more question.
 */
final class BodyChoice {

    private static final Logger log = LoggerFactory.getLogger(BodyChoice.class);
    private static final long ASK_AGAIN_MS = 10_000;

    private final @Nullable ServiceBodies bodies;
    // by class name, so that each is told once
    private final Set<String> told = ConcurrentHashMap.newKeySet();
    private volatile boolean agreed;
    private volatile long askFrom = System.nanoTime();

    BodyChoice(ServiceInterface methods, @Nullable BodyCodec codec) {
        this.bodies = codec == null ? null : derive(methods, codec);
    }

    private static @Nullable ServiceBodies derive(ServiceInterface methods, BodyCodec codec) {
        try {
            ServiceBodies derived = codec.derive(methods);
            log.debug(
                    "{}: calls by {} where the instance has types {} too: {}",
                    methods.type().getName(),
                    derived.format(),
                    Long.toHexString(derived.types()),
                    derived.describe());
            return derived;
        } catch (OpenTypeException e) {
            log.debug("{}: calls by JSON: {}", methods.type().getName(), e.getMessage());
            return null;
        }
    }

    Payload write(ServiceMethod method, @Nullable Object @Nullable [] arguments) {
        ServiceBodies binary = bodies;
        if (binary == null || method.isScalar()) {
            return method.writeArguments(arguments);
        }
        if (agreed) {
            try {
                return binary.writeArguments(method, arguments);
            } catch (OutsideTypeException e) {
                if (told.size() < 100 && told.add(e.type())) {
                    log.warn("{}: {}; such calls go as JSON", method.name(), e.getMessage());
                }
                return method.writeArguments(arguments);
            }
        }
        Payload json = method.writeArguments(arguments);
        return System.nanoTime() - askFrom >= 0 ? json.withTypes(binary.types()) : json;
    }

    @Nullable
    Object read(ServiceMethod method, Payload request, Payload result) {
        ServiceBodies binary = bodies;
        if (binary != null && result.format() == binary.format()) {
            return binary.readResult(method, result);
        }
        if (binary != null && request.types() != 0 && request.format() == Payload.Format.JSON) {
            learn(result.types() == binary.types());
        }
        return method.readResult(result);
    }

    /** An instance refused a binary body. */
    void refused() {
        learn(false);
    }

    private void learn(boolean same) {
        if (!same) {
            askFrom = System.nanoTime() + ASK_AGAIN_MS * 1_000_000;
        }
        agreed = same;
    }
}
