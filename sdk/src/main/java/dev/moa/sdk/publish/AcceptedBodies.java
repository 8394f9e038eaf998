package dev.moa.sdk.publish;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.codec.BodyCodec;
import dev.moa.sdk.codec.OpenTypeException;
import dev.moa.sdk.codec.OutsideTypeException;
import dev.moa.sdk.codec.ServiceBodies;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bodies that a published service takes: JSON, and those it has derived itself from its interface. */
final class AcceptedBodies {

    private static final Logger log = LoggerFactory.getLogger(AcceptedBodies.class);

    private final ServiceName name;
    private final List<ServiceBodies> derived;
    // by class name, so that each is told once
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    AcceptedBodies(ServiceName name, ServiceInterface methods, List<BodyCodec> codecs) {
        this.name = name;
        this.derived = codecs.stream()
                .map(codec -> derive(name, methods, codec))
                .filter(Objects::nonNull)
                .toList();
    }

    private static @Nullable ServiceBodies derive(ServiceName name, ServiceInterface methods, BodyCodec codec) {
        try {
            ServiceBodies bodies = codec.derive(methods);
            log.info(
                    "{}: takes {} bodies with types {}: {}",
                    name,
                    bodies.format(),
                    Long.toHexString(bodies.types()),
                    bodies.describe());
            return bodies;
        } catch (OpenTypeException e) {
            log.info("{}: takes no {} bodies: {}", name, codec.format(), e.getMessage());
            return null;
        }
    }

    /** Returns the refusal of a body that this end has not derived, else null. */
    @Nullable
    CallResponse refusal(CallRequest request) {
        Payload args = request.args();
        if (args.format() == Payload.Format.JSON || derivedFor(args) != null) {
            return null;
        }
        return CallResponse.failure(
                request.id(),
                StatusCode.FAILED_PRECONDITION,
                "%s: %s with types %s (expected: JSON%s)"
                        .formatted(
                                name,
                                args.format(),
                                Long.toHexString(args.types()),
                                derived.stream()
                                        .map(bodies -> ", or " + bodies.format() + " with types "
                                                + Long.toHexString(bodies.types()))
                                        .collect(Collectors.joining())),
                Payload.JSON_EXPECTED);
    }

    /** @throws MoaException INVALID_ARGUMENT that names what is wrong */
    @Nullable
    Object[] readArguments(ServiceMethod method, Payload args) {
        ServiceBodies binary = derivedFor(args);
        return binary == null ? method.readArguments(args) : binary.readArguments(method, args);
    }

    /** Writes a result as what the arguments were, or as JSON beside the types that were asked for. */
    Payload writeResult(ServiceMethod method, Payload args, @Nullable Object value) {
        ServiceBodies binary = derivedFor(args);
        if (binary != null) {
            try {
                return binary.writeResult(method, value);
            } catch (OutsideTypeException e) {
                if (told.size() < 100 && told.add(e.type())) {
                    log.warn("{} {}: {}; such results go as JSON", name, method.name(), e.getMessage());
                }
                return method.writeResult(value);
            }
        }
        Payload json = method.writeResult(value);
        return args.types() == 0 ? json : json.withTypes(typesFor(args.types()));
    }

    private long typesFor(long asked) {
        long own = 0;
        for (ServiceBodies bodies : derived) {
            if (own != asked) {
                own = bodies.types();
            }
        }
        return own;
    }

    private @Nullable ServiceBodies derivedFor(Payload args) {
        if (args.format() != Payload.Format.JSON) {
            for (ServiceBodies bodies : derived) {
                if (bodies.format() == args.format() && bodies.types() == args.types()) {
                    return bodies;
                }
            }
        }
        return null;
    }
}
