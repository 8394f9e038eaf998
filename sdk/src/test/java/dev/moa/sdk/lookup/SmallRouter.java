package dev.moa.sdk.lookup;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.IncomingCall;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.server.MoaPort;
import dev.moa.sdk.codec.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /service/lookup} as the design lays it down, over a static directory; its token lists what was told. */
final class SmallRouter implements AutoCloseable {

    private final StaticDirectory truth;
    private final AtomicInteger waiting = new AtomicInteger();
    private final MoaPort port;

    SmallRouter(StaticDirectory truth) {
        this.truth = truth;
        this.port = MoaPort.builder(this::handle).port(0).build().start();
    }

    String address() {
        return "127.0.0.1:" + port.port();
    }

    /** Returns the long polls that wait. */
    int waiting() {
        return waiting.get();
    }

    private CompletionStage<CallResponse> handle(CallRequest request, IncomingCall call) {
        JsonNode args = Json.MAPPER.readTree(request.args().text());
        if (request.method().equals("lookup")) {
            ServiceName service = ServiceName.of(args.path(0).asString());
            ServiceAnswer answer = truth.answers().get(service);
            return CompletableFuture.completedFuture(
                    answer == null
                            ? CallResponse.failure(request.id(), StatusCode.NOT_FOUND, service + " is not known")
                            : CallResponse.success(request.id(), Payload.json(LookupJson.write(answer))));
        }
        if (request.method().equals("digests")) {
            return CompletableFuture.completedFuture(CallResponse.success(
                    request.id(), Payload.json(digests(args.path(0).asString("")))));
        }
        CompletableFuture<CallResponse> answer = new CompletableFuture<>();
        waiting.incrementAndGet();
        answer.whenComplete((response, failure) -> waiting.decrementAndGet());
        call.onCancel(() -> answer.cancel(false));
        look(request, args, answer);
        return answer;
    }

    /** One service a page. */
    private byte[] digests(String after) {
        List<String> rest = truth.answers().keySet().stream()
                .map(ServiceName::value)
                .filter(name -> name.compareTo(after) > 0)
                .sorted()
                .toList();
        ObjectNode page = Json.MAPPER.createObjectNode().put("more", rest.size() > 1);
        ArrayNode digests = page.putArray("digests");
        rest.stream().limit(1).forEach(name -> digests.addObject().put("service", name));
        return Json.MAPPER.writeValueAsBytes(page);
    }

    private void look(CallRequest request, JsonNode args, CompletableFuture<CallResponse> answer) {
        if (answer.isDone()) {
            return;
        }
        Map<String, String> told = new HashMap<>();
        for (String each : args.path(0).asString("").split(";")) {
            if (each.contains("=")) {
                told.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
            }
        }
        ObjectNode result = Json.MAPPER.createObjectNode();
        ArrayNode answers = result.putArray("answers");
        ArrayNode unknown = result.putArray("unknown");
        StringBuilder token = new StringBuilder();
        for (JsonNode name : args.path(1)) {
            ServiceAnswer now = truth.answers().get(ServiceName.of(name.asString()));
            String stamp = now == null ? "-" : String.valueOf(now.revision());
            token.append(name.asString()).append('=').append(stamp).append(';');
            if (!stamp.equals(told.get(name.asString()))) {
                if (now == null) {
                    unknown.add(name.asString());
                } else {
                    answers.add(Json.MAPPER.<JsonNode>valueToTree(now));
                }
            }
        }
        result.put("token", token.toString());
        if (answers.isEmpty() && unknown.isEmpty()) {
            CompletableFuture.delayedExecutor(10, TimeUnit.MILLISECONDS).execute(() -> look(request, args, answer));
        } else {
            answer.complete(CallResponse.success(request.id(), Payload.json(Json.MAPPER.writeValueAsBytes(result))));
        }
    }

    @Override
    public void close() {
        port.close();
    }
}
