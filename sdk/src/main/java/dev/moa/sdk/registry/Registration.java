package dev.moa.sdk.registry;

import dev.moa.sdk.codec.Json;
import dev.moa.sdk.lookup.InstanceStatus;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One service of this process at the registry. Fields are written by the registry thread only. */
final class Registration {

    private final InstanceSpec spec;
    private volatile String id;
    private volatile long incarnation;
    private volatile long renewedAt;
    private volatile @Nullable String problem = "not registered yet";
    private volatile InstanceStatus status = InstanceStatus.UP;

    Registration(InstanceSpec spec) {
        this.spec = spec;
        this.id = newId(spec);
    }

    private static String newId(InstanceSpec spec) {
        byte[] service = spec.service().value().getBytes(StandardCharsets.UTF_8);
        String unique = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(service) + '.' + unique;
    }

    InstanceSpec spec() {
        return spec;
    }

    String id() {
        return id;
    }

    long incarnation() {
        return incarnation;
    }

    boolean isRegistered() {
        return incarnation > 0;
    }

    InstanceStatus status() {
        return status;
    }

    void status(InstanceStatus newStatus) {
        status = newStatus;
    }

    void registered(String givenId, long givenIncarnation) {
        id = givenId;
        incarnation = givenIncarnation;
        renewed();
    }

    void renewed() {
        renewedAt = System.nanoTime();
        problem = null;
    }

    /** The registry does not know it (any more). */
    void lost(String why) {
        incarnation = 0;
        problem = why;
    }

    /** Somebody else has the id now. */
    void taken() {
        lost("its id was taken over by another registration");
        id = newId(spec);
    }

    void failed(String why) {
        problem = why;
    }

    RegistrationState state() {
        long ago = renewedAt == 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - renewedAt);
        return new RegistrationState(spec.service(), id, incarnation, ago, problem);
    }

    ObjectNode lease() {
        return Json.MAPPER.createObjectNode().put("id", id).put("incarnation", incarnation);
    }

    ObjectNode body(int ttlSeconds) {
        ObjectNode body = Json.MAPPER.createObjectNode();
        body.put("id", id);
        body.put("service", spec.service().value());
        body.put("host", spec.host());
        body.put("port", spec.port());
        body.set("protocols", Json.MAPPER.valueToTree(spec.protocols()));
        body.put("weight", spec.weight());
        if (spec.zone() != null) {
            body.put("zone", spec.zone());
        }
        if (spec.version() != null) {
            body.put("version", spec.version());
        }
        body.set("tags", Json.MAPPER.valueToTree(spec.tags()));
        body.set("metadata", Json.MAPPER.valueToTree(spec.metadata()));
        body.put("status", status.name());
        body.put("ttlSeconds", ttlSeconds);
        return body;
    }
}
