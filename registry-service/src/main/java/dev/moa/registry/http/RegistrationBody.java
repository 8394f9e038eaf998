package dev.moa.registry.http;

import dev.moa.registry.catalog.InstanceStatus;
import dev.moa.registry.catalog.ProbeSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of a registration, for the API document; it is read by {@code RegistrationRules}. */
record RegistrationBody(
        @Schema(description = "absent: one is made; own ids begin with base64url(service) and a dot") @Nullable
        String id,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "/service/user")
        String service,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "127.0.0.1")
        String host,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minimum = "1", maximum = "65535")
        int port,

        @Schema(description = "what the port speaks; absent: moa, resp, http") @Nullable
        List<String> protocols,

        @Schema(minimum = "0", maximum = "1000", defaultValue = "100") @Nullable
        Integer weight,

        @Nullable String zone,
        @Nullable String version,
        @Nullable Map<String, String> tags,
        @Nullable Map<String, String> metadata,

        @Schema(defaultValue = "UP") @Nullable InstanceStatus status,

        @Schema(
                description =
                        "how to probe it: kind TCP, MOA, RESP, or HTTP with a path; with ttlSeconds null, required")
        @Nullable
        ProbeSpec probe,

        @Schema(minimum = "5", maximum = "3600", defaultValue = "10") @Nullable
        Integer ttlSeconds) {}
