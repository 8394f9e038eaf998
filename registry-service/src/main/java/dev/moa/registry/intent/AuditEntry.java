package dev.moa.registry.intent;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an operator did.
 *
 * @param atMs when, by Redis's time
 * @param author the name of the token; {@code local} where none is asked for
 * @param action override, lift, expire, change, remove, drain, restore
 * @param instance null where it is about more than one
 * @param detail what exactly
 */
@JsonPropertyOrder({"atMs", "author", "action", "service", "instance", "reason", "detail"})
public record AuditEntry(
        long atMs,
        String author,
        String action,
        String service,
        @Nullable String instance,
        String reason,
        String detail) {}
