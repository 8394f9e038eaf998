package dev.moa.sdk.describe;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A service as an OpenAPI 3.1 document: what its HTTP face takes and answers. The calls' paths are those of the port;
 * {@code servers} says what stands before them.
 *
 * <p>What OpenAPI has no word for: {@code x-moa-service}, {@code x-moa-type} and {@code x-moa-hash} of the document;
 * {@code x-moa-method}, {@code x-moa-parameters} (their names in order), {@code x-moa-idempotent},
 * {@code x-moa-non-blocking} and {@code x-moa-timeout-ms} of a method; {@code x-moa-exception} (the Java class) of an
 * exception's schema.
 */
final class OpenApi {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String COMPONENTS = "#/components/";

    private OpenApi() {}

    static ObjectNode of(ServiceModel model) {
        ObjectNode document = NODES.objectNode().put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", model.service().value())
                .put("version", model.hash())
                .put("summary", model.type().getSimpleName())
                .put("x-moa-service", model.service().value())
                .put("x-moa-type", model.type().getName())
                .put("x-moa-hash", model.hash());
        document.putArray("servers").addObject().put("url", "/").put("description", "a moa port of the service");
        ObjectNode paths = document.putObject("paths");
        for (ServiceModel.MethodModel method : model.methods()) {
            paths.putObject(model.service().value() + '/' + method.name()).set("post", operation(method));
        }
        document.set("components", components(model));
        ArrayNode security = document.putArray("security");
        security.addObject();
        security.addObject().putArray("token");
        return document;
    }

    private static ObjectNode operation(ServiceModel.MethodModel method) {
        ObjectNode operation = NODES.objectNode()
                .put("operationId", method.name())
                .put("summary", method.signature())
                .put("x-moa-method", method.name());
        ArrayNode names = operation.putArray("x-moa-parameters");
        method.parameters().forEach(each -> names.add(each.name()));
        operation
                .put("x-moa-idempotent", method.method().isIdempotent())
                .put("x-moa-non-blocking", method.method().isNonBlocking());
        Duration timeout = method.method().timeout();
        if (timeout != null) {
            operation.put("x-moa-timeout-ms", timeout.toMillis());
        }
        ArrayNode headers = operation.putArray("parameters");
        for (String header : List.of("timeout", "traceparent")) {
            headers.addObject().put("$ref", COMPONENTS + "parameters/" + header);
        }
        ObjectNode body = operation.putObject("requestBody");
        body.put("description", "the arguments: an object by name, or an array by position")
                .put("required", true);
        content(body).set("schema", arguments(method.parameters()));
        ObjectNode responses = operation.putObject("responses");
        ObjectNode success = responses.putObject("200").put("description", "the result");
        content(success).set("schema", success(method.result()));
        if (!method.exceptions().isEmpty()) {
            ObjectNode declared = responses
                    .putObject("500")
                    .put(
                            "description",
                            method.exceptions().stream()
                                    .map(each -> each.text)
                                    .collect(Collectors.joining(", ", "", "; or a failure that nobody declared")));
            content(declared).set("schema", declared(method.exceptions()));
        }
        ObjectNode failure =
                responses.putObject("default").put("description", "a failure; the status follows its code");
        content(failure).putObject("schema").put("$ref", COMPONENTS + "schemas/" + FAILURE);
        return operation;
    }

    private static ObjectNode content(ObjectNode owner) {
        return owner.putObject("content").putObject("application/json");
    }

    private static ObjectNode arguments(List<ServiceModel.ParameterModel> parameters) {
        ObjectNode named = NODES.objectNode().put("type", "object");
        ObjectNode properties = named.putObject("properties");
        ArrayNode required = named.putArray("required");
        ObjectNode positional = NODES.objectNode().put("type", "array");
        ArrayNode items = NODES.arrayNode();
        int least = 0;
        for (ServiceModel.ParameterModel parameter : parameters) {
            properties.set(parameter.name(), parameter.type().schema());
            items.add(parameter.type().schema());
            if (!parameter.optional()) {
                required.add(parameter.name());
                least = items.size();
            }
        }
        if (!items.isEmpty()) {
            positional.set("prefixItems", items);
        }
        positional.put("minItems", least).put("maxItems", items.size());
        ObjectNode either = NODES.objectNode();
        either.putArray("anyOf").add(named).add(positional);
        return either;
    }

    private static ObjectNode success(JsonType result) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("id").put("type", "string");
        properties.putObject("code").put("const", 0);
        properties.set("result", result.schema());
        schema.putArray("required").add("code").add("result");
        return schema;
    }

    private static ObjectNode declared(List<NamedType> exceptions) {
        ObjectNode schema = NODES.objectNode();
        ArrayNode all = schema.putArray("allOf");
        all.addObject().put("$ref", COMPONENTS + "schemas/" + FAILURE);
        ArrayNode details =
                all.addObject().putObject("properties").putObject("details").putArray("anyOf");
        exceptions.forEach(each -> details.add(JsonTypes.reference(each).schema()));
        details.addObject().put("type", "object");
        return schema;
    }

    private static final String FAILURE = "MoaFailure";

    private static ObjectNode components(ServiceModel model) {
        ObjectNode components = NODES.objectNode();
        ObjectNode schemas = components.putObject("schemas");
        model.types().forEach(type -> schemas.set(type.name, schema(type)));
        schemas.set(FAILURE, failure());
        ObjectNode parameters = components.putObject("parameters");
        header(parameters, "timeout", "Moa-Timeout-Ms", "how long the caller waits, in milliseconds; 1,000 by default")
                .put("type", "integer")
                .put("minimum", 1);
        header(parameters, "traceparent", "traceparent", "the place in a trace, as W3C trace context writes it")
                .put("type", "string");
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer");
        return components;
    }

    private static ObjectNode header(ObjectNode parameters, String key, String name, String description) {
        return parameters
                .putObject(key)
                .put("name", name)
                .put("in", "header")
                .put("description", description)
                .putObject("schema");
    }

    private static ObjectNode failure() {
        ObjectNode schema =
                NODES.objectNode().put("type", "object").put("description", "what a call that failed answers");
        ObjectNode properties = schema.putObject("properties");
        properties.putObject("id").put("type", "string");
        properties.putObject("code").put("type", "integer").put("minimum", 1);
        properties.putObject("error").put("type", "string").put("description", "the code's name");
        properties.putObject("message").put("type", "string").put("description", "says what to do");
        properties.putObject("details").put("type", "object");
        schema.putArray("required").add("code").add("error").add("message");
        return schema;
    }

    private static ObjectNode schema(NamedType type) {
        return switch (type.kind) {
            case ENUM -> {
                ObjectNode schema = NODES.objectNode().put("type", "string");
                ArrayNode values = schema.putArray("enum");
                type.values.forEach(values::add);
                yield schema;
            }
            case UNION -> union(type);
            case RECORD -> object(type);
            case EXCEPTION -> {
                ObjectNode schema = object(type);
                schema.put("x-moa-exception", type.type.getRawClass().getName());
                yield schema;
            }
        };
    }

    private static ObjectNode object(NamedType type) {
        ObjectNode schema = NODES.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        if (type.kind == NamedType.Kind.EXCEPTION) {
            properties.putObject("type").put("const", type.type.getRawClass().getName());
        }
        type.fields.forEach(field -> properties.set(field.name(), field.type().schema()));
        List<String> required = type.fields.stream()
                .filter(NamedType.Field::required)
                .map(NamedType.Field::name)
                .toList();
        if (!required.isEmpty()) {
            ArrayNode names = schema.putArray("required");
            required.forEach(names::add);
        }
        return schema;
    }

    private static ObjectNode union(NamedType type) {
        ObjectNode schema = NODES.objectNode();
        if (type.members.isEmpty()) {
            return schema.put("type", "object");
        }
        ArrayNode members = schema.putArray("oneOf");
        for (NamedType.Member member : type.members) {
            ObjectNode tagged = members.addObject();
            tagged.putArray("allOf").add(member.type().schema());
            tagged.putObject("properties").putObject(type.values.get(0)).put("const", member.tag());
            tagged.putArray("required").add(type.values.get(0));
        }
        return schema;
    }
}
