package dev.moa.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.MoaConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process with instances of several services, as the registry sees it: a connection and a renewal of all leases. */
final class LeaseHolder implements AutoCloseable {
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final RawHttp connection;
    private final List<String> leases = new ArrayList<>();
    private byte[] renewal = new byte[0];
    private byte[] arguments = new byte[0];
    private volatile int held;

    LeaseHolder(int port) {
        connection = new RawHttp(port);
    }

    /** Registers one more instance. */
    synchronized void register(String service, String host, int port) throws IOException {
        String body =
                ("{\"service\":\"%s\",\"host\":\"%s\",\"port\":%d,\"ttlSeconds\":10,\"zone\":\"zone-a\",\"version\":\"1.4.2\","
                                + "\"tags\":{\"lane\":\"blue\"},\"metadata\":{\"rack\":\"r12\",\"on\":\"%s\"}}")
                        .formatted(service, host, port, host);
        RawHttp.Answer answer = connection.send(RawHttp.request("POST", "/v1/instances", body));
        if (answer.status() != 201) {
            throw new IOException(answer.status() + " for " + body + ": " + new String(answer.body(), US_ASCII));
        }
        JsonNode json = JSON.readTree(answer.body());
        leases.add("{\"id\":%s,\"incarnation\":%s}".formatted(json.get("id"), json.get("incarnation")));
        String all = "{\"leases\":[" + String.join(",", leases) + "]}";
        renewal = RawHttp.request("PUT", "/v1/leases", all);
        arguments = all.getBytes(US_ASCII);
        held = leases.size();
    }

    /** Renews all its leases; returns whether every one was. */
    synchronized boolean renew() throws IOException {
        RawHttp.Answer answer = connection.send(renewal);
        return answer.status() == 200 && isAllRenewed(new String(answer.body(), US_ASCII));
    }

    private static boolean isAllRenewed(String json) {
        return json.contains("\"unknown\":[]") && json.contains("\"stale\":[]");
    }

    /** Renews all its leases by a moa call; completes with whether every one was. */
    synchronized CompletableFuture<Boolean> renew(MoaConnection registry) {
        CallRequest request = CallRequest.of(REGISTRY, "renew", Payload.json(arguments));
        return registry.call(request, Deadline.afterMillis(10_000))
                .thenApply(answer -> answer.isOk()
                        && isAllRenewed(Objects.requireNonNull(answer.result()).text()));
    }

    int held() {
        return held;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
