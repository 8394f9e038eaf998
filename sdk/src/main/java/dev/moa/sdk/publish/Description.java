package dev.moa.sdk.publish;

import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.codec.Json;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.codec.ServiceMethod;
import dev.moa.sdk.codec.ServiceParameter;
import java.util.Comparator;
import java.util.List;

/** What {@code $describe} answers: enough for a person, a console or a generator to call the service. */
record Description(String service, String type, List<MethodDescription> methods) {

    record MethodDescription(
            String name, List<ParameterDescription> parameters, String result, boolean idempotent, String signature) {}

    record ParameterDescription(String name, String type, boolean optional) {}

    static Payload of(ServiceName name, ServiceInterface methods) {
        Description description = new Description(
                name.value(),
                methods.type().getName(),
                methods.methods().stream()
                        .sorted(Comparator.comparing(ServiceMethod::name))
                        .map(Description::describe)
                        .toList());
        return Payload.json(Json.MAPPER.writeValueAsBytes(description));
    }

    private static MethodDescription describe(ServiceMethod method) {
        String signature = method.signature();
        return new MethodDescription(
                method.name(),
                method.parameters().stream().map(Description::describe).toList(),
                signature.substring(signature.lastIndexOf("): ") + 3),
                method.isIdempotent(),
                signature);
    }

    private static ParameterDescription describe(ServiceParameter parameter) {
        return new ParameterDescription(parameter.name(), parameter.typeName(), parameter.optional());
    }
}
