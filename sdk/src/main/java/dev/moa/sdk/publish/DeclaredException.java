package dev.moa.sdk.publish;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * An exception that the interface declares is part of its contract: it travels as UNKNOWN, with its message, its
 * class name as {@code details.type} and the properties of the declared class beside it; {@code details.declared} names
 * that class where it is one above the exception's own. The stack stays here.
 */
final class DeclaredException {

    private static final Logger log = LoggerFactory.getLogger(DeclaredException.class);

    private DeclaredException() {}

    static CallResponse toResponse(@Nullable String id, Throwable thrown, Class<?> declared) {
        String message = thrown.getMessage();
        return CallResponse.failure(
                id,
                StatusCode.UNKNOWN,
                message == null ? thrown.getClass().getSimpleName() : message,
                Payload.json(details(thrown, declared)));
    }

    private static byte[] details(Throwable thrown, Class<?> declared) {
        ObjectNode details = Json.FAILURES.createObjectNode();
        details.put("type", thrown.getClass().getName());
        try {
            // as the declared class: what one below it has beside that nobody promised, and it may be internal
            byte[] properties = Json.FAILURES.writerFor(declared).writeValueAsBytes(thrown);
            if (Json.FAILURES.readTree(properties) instanceof ObjectNode own) {
                own.remove(List.of("type", "declared"));
                details.setAll(own);
            }
        } catch (JacksonException e) {
            log.warn(
                    "the properties of {} cannot be written as JSON",
                    thrown.getClass().getName(),
                    e);
        }
        if (declared != thrown.getClass()) {
            details.put("declared", declared.getName());
        }
        return Json.FAILURES.writeValueAsBytes(details);
    }
}
