package dev.moa.registry.drain;

import dev.moa.protocol.CallContext;
import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import dev.moa.registry.catalog.Instance;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A router or another registry that is asked again and again, on one connection, whether it knows. */
final class Peer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration ANSWER = Duration.ofMillis(800);

    /** The kind of a router that is asked about the HAProxies that it tells of changes. */
    static final String HAPROXY = "haproxy";

    /** The kind of a router that is asked about the clients that watch by long polls there. */
    static final String CLIENTS = "clients";

    private final String kind;
    private final Instance instance;
    private final ConnectionOptions options;
    private final CallRequest question;
    /** Says why the answer is no acknowledgement; null if it is one. */
    private final Function<JsonNode, @Nullable String> judge;

    private @Nullable CompletableFuture<MoaConnection> connection;
    private @Nullable CompletableFuture<@Nullable String> asked;
    private @Nullable String why = "not asked yet";

    Peer(
            String kind,
            Instance instance,
            ConnectionOptions options,
            String method,
            byte[] args,
            Function<JsonNode, @Nullable String> judge) {
        this.kind = kind;
        this.instance = instance;
        this.options = options.withConnectTimeout(ANSWER).withSsl(instance.speaksTls() ? options.ssl() : null);
        this.question = CallRequest.of(ServiceName.of(instance.service()), method, Payload.json(args))
                .withCtx(CallContext.EMPTY.withTimeoutMs(ANSWER.toMillis()));
        this.judge = judge;
    }

    /** Asks, or looks whether it has answered; returns whether it has acknowledged. Does not wait. */
    boolean hasAcknowledged() {
        if (why == null) {
            return true;
        }
        CompletableFuture<@Nullable String> last = asked;
        if (last != null && last.isDone()) {
            why = last.isCompletedExceptionally() ? failure(last) : last.join();
            asked = null;
        } else if (last == null) {
            asked = ask().orTimeout(2 * ANSWER.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        return why == null;
    }

    private CompletableFuture<@Nullable String> ask() {
        CompletableFuture<MoaConnection> ready = connection;
        if (ready == null || isOver(ready)) {
            ready = MoaConnection.open(new InetSocketAddress(instance.host(), instance.port()), options);
            connection = ready;
        }
        return ready.thenCompose(now ->
                now.call(question, Deadline.afterMillis(ANSWER.toMillis())).thenApply(this::judge));
    }

    private static boolean isOver(CompletableFuture<MoaConnection> opening) {
        return opening.isDone()
                && (opening.isCompletedExceptionally() || !opening.join().isOpen());
    }

    private @Nullable String judge(CallResponse response) {
        boolean isNewQuestion = kind.equals(HAPROXY) || kind.equals(CLIENTS);
        if (isNewQuestion && response.code() == StatusCode.UNIMPLEMENTED) {
            return null; // of a version that cannot say
        }
        if (!response.isOk()) {
            return "answers %s: %s".formatted(response.code(), response.message());
        }
        Payload result = response.result();
        if (result == null) {
            return "answers nothing";
        }
        return judge.apply(JSON.readTree(result.array(), result.offset(), result.length()));
    }

    private static String failure(CompletableFuture<?> failed) {
        try {
            failed.join();
            return "no answer";
        } catch (RuntimeException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return String.valueOf(cause.getMessage());
        }
    }

    String kind() {
        return kind;
    }

    DrainReport.Behind behind() {
        return new DrainReport.Behind(kind, instance.host() + ":" + instance.port(), String.valueOf(why));
    }

    /** Closes its connection; one that is still being made when it is there. */
    @Override
    public void close() {
        if (connection != null) {
            connection.thenAccept(MoaConnection::close);
        }
    }
}
