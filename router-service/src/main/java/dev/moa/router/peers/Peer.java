package dev.moa.router.peers;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.router.address.Instance;
import dev.moa.router.address.InstanceJson;
import dev.moa.router.live.Loss;
import dev.moa.router.store.Revision;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Another router, asked on one connection. Its state is of the one thread that asks. */
final class Peer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final Duration ANSWER = Duration.ofMillis(1_000);
    private static final int MAX_PAGES = 60;

    private final InetSocketAddress address;
    private final ConnectionOptions options;
    private @Nullable MoaConnection connection;

    /** What it says of all that it knows. */
    record Total(String router, String digest, int services) {}

    /** @param options how routers are asked; over TLS where they speak it */
    Peer(Instance instance, ConnectionOptions options) {
        this.address = new InetSocketAddress(instance.host(), instance.port());
        this.options = options.withConnectTimeout(ANSWER).withSsl(instance.speaksTls() ? options.ssl() : null);
    }

    /** Asks for the digest of everything. */
    CompletableFuture<Total> total() {
        return ask("digest", "[]")
                .thenApply(json -> new Total(
                        json.path("router").asString("?"),
                        json.path("digest").asString(""),
                        json.path("services").asInt(0)));
    }

    /** Reads the digest of each service, page by page; blocks. */
    Map<String, Digests.Digest> each() {
        Map<String, Digests.Digest> all = new TreeMap<>();
        String after = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            JsonNode json = ask("digests", JSON.writeValueAsString(new String[] {after}))
                    .join();
            for (JsonNode each : json.path("digests")) {
                Digests.Digest digest = JSON.treeToValue(each, Digests.Digest.class);
                all.put(digest.service(), digest);
                after = digest.service();
            }
            if (!json.path("more").asBoolean(false)) {
                break;
            }
        }
        return all;
    }

    /**
     * Asks what it makes of the losses of some services where that is another than is thought here.
     *
     * @param marks what is thought here, by service
     */
    CompletableFuture<List<Loss>> losses(Map<ServiceName, String> marks) {
        Map<String, String> named = new TreeMap<>();
        marks.forEach((service, mark) -> named.put(service.value(), mark));
        return ask("losses", JSON.writeValueAsString(List.of(named))).thenApply(json -> {
            List<Loss> losses = new ArrayList<>();
            for (JsonNode each : json) {
                Loss loss = loss(each);
                if (loss != null && marks.containsKey(loss.service())) {
                    losses.add(loss);
                }
            }
            return losses;
        });
    }

    private static @Nullable Loss loss(JsonNode json) {
        try {
            List<Revision> known = json.path("known")
                    .valueStream()
                    .map(life -> new Revision(
                            life.path("epoch").asString(""), life.path("number").asLong(0)))
                    .toList();
            return new Loss(
                    ServiceName.of(json.path("service").asString("")),
                    known,
                    json.path("epoch").asString(null),
                    json.path("revision").asLong(0),
                    json.path("held").valueStream().map(InstanceJson::read).toList());
        } catch (IllegalArgumentException e) {
            // one that this version does not understand takes no other with it
            return null;
        }
    }

    private CompletableFuture<JsonNode> ask(String method, String args) {
        MoaConnection open = connection;
        CompletableFuture<MoaConnection> ready = open != null && open.isOpen() && !open.isGoingAway()
                ? CompletableFuture.completedFuture(open)
                : MoaConnection.open(address, options).thenApply(this::keep);
        CallRequest question = CallRequest.of(LOOKUP, method, Payload.json(args))
                .withCtx(CallContext.EMPTY.withTimeoutMs(ANSWER.toMillis()));
        return ready.thenCompose(now -> now.call(question, Deadline.after(ANSWER)))
                .thenApply(Peer::json)
                .orTimeout(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized MoaConnection keep(MoaConnection made) {
        close();
        connection = made;
        return made;
    }

    private static JsonNode json(CallResponse response) {
        Payload result = response.result();
        if (!response.isOk() || result == null) {
            throw new IllegalStateException("answers %s: %s".formatted(response.code(), response.message()));
        }
        return JSON.readTree(result.array(), result.offset(), result.length());
    }

    @Override
    public synchronized void close() {
        MoaConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
