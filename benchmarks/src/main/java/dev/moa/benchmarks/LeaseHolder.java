package dev.moa.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process with instances of several services, as the registry sees it: a connection and a renewal of all leases. */
final class LeaseHolder implements AutoCloseable {
    private static final ServiceName REGISTRY = ServiceName.of("/service/registry");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final RawHttp connection;
    private final MoaConnection registry;
    private final List<String> leases = new ArrayList<>();
    private byte[] renewal = new byte[0];
    private byte[] arguments = new byte[0];
    private volatile int leaseCount;

    LeaseHolder(int port, int moaPort) throws Exception {
        connection = new RawHttp(port);
        registry = MoaConnection.open(new InetSocketAddress("127.0.0.1", moaPort), ConnectionOptions.defaults())
                .get(10, TimeUnit.SECONDS);
    }

    /** Registers one more instance. */
    synchronized void register(String service, String host, int port) throws Exception {
        String body =
                ("[{\"service\":\"%s\",\"host\":\"%s\",\"port\":%d,\"ttlSeconds\":10,\"zone\":\"zone-a\",\"version\":\"1.4.2\","
                                + "\"tags\":{\"lane\":\"blue\"},\"metadata\":{\"rack\":\"r12\",\"on\":\"%s\"}}]")
                        .formatted(service, host, port, host);
        CallRequest request = CallRequest.of(REGISTRY, "register", Payload.json(body));
        JsonNode json = JSON.readTree(registry.call(request, Deadline.afterMillis(10_000))
                .get(10, TimeUnit.SECONDS)
                .resultOrThrow()
                .text());
        leases.add("{\"id\":%s,\"incarnation\":%s}".formatted(json.get("id"), json.get("incarnation")));
        String all = "{\"leases\":[" + String.join(",", leases) + "]}";
        renewal = RawHttp.request("PUT", "/v1/leases", all);
        arguments = all.getBytes(US_ASCII);
        leaseCount = leases.size();
    }

    /** Renews all its leases by REST; returns whether every one was. */
    synchronized boolean renewByRest() throws IOException {
        RawHttp.Answer answer = connection.send(renewal);
        return answer.status() == 200 && isAllRenewed(new String(answer.body(), US_ASCII));
    }

    private static boolean isAllRenewed(String json) {
        return json.contains("\"unknown\":[]") && json.contains("\"stale\":[]");
    }

    /** Renews all its leases by a moa call; completes with whether every one was. */
    synchronized CompletableFuture<Boolean> renew() {
        CallRequest request = CallRequest.of(REGISTRY, "renew", Payload.json(arguments));
        return registry.call(request, Deadline.afterMillis(10_000))
                .thenApply(answer -> answer.isOk()
                        && isAllRenewed(Objects.requireNonNull(answer.result()).text()));
    }

    int held() {
        return leaseCount;
    }

    @Override
    public void close() throws IOException {
        registry.close();
        connection.close();
    }
}
