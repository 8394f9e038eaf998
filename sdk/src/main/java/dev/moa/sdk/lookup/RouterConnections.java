package dev.moa.sdk.lookup;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.StatusCode;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.protocol.client.MoaConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One connection to one of several routers; on failure the next router is tried, each once per call. */
final class RouterConnections implements AutoCloseable {

    /** After all routers were tried in vain none is tried for this long, however many callers ask. */
    private static final long PAUSE_MS = 100;

    private static final String TLS = "tls://";

    /** A router's moa port. */
    record Address(String host, int port, boolean tls) {
        @Override
        public String toString() {
            return (tls ? TLS : "") + host + ":" + port;
        }
    }

    private final List<Address> addresses;
    private final ConnectionOptions options;
    private int current;
    private @Nullable CompletableFuture<MoaConnection> connection;
    private int refusals;
    private long notBefore = System.nanoTime();
    private boolean closed;

    RouterConnections(List<String> addresses, ConnectionOptions options) {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("routers: none (expected: at least one host:port)");
        }
        List<Address> parsed = new ArrayList<>();
        for (String address : addresses) {
            Address router = parse(address);
            if (router.tls && options.ssl() == null) {
                throw new IllegalArgumentException(
                        "router: '%s' (expected: moa.client.ssl.bundle, or MoaClient.Builder.ssl, for an address with tls://)"
                                .formatted(address));
            }
            parsed.add(router);
        }
        // clients spread over the routers
        Collections.shuffle(parsed);
        this.addresses = List.copyOf(parsed);
        this.options = options;
    }

    static Address parse(String address) {
        boolean tls = address.startsWith(TLS);
        int from = tls ? TLS.length() : 0;
        int colon = address.lastIndexOf(':');
        try {
            // the constructor checks host and port
            InetSocketAddress checked = InetSocketAddress.createUnresolved(
                    address.substring(from, colon), Integer.parseInt(address.substring(colon + 1)));
            return new Address(checked.getHostString(), checked.getPort(), tls);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException(
                    "router: '%s' (expected: host:port, or tls://host:port)".formatted(address), e);
        }
    }

    /** Calls a router; the future never completes exceptionally, except by being cancelled. */
    CompletableFuture<CallResponse> call(CallRequest request, Deadline deadline) {
        CompletableFuture<CallResponse> result = new CompletableFuture<>();
        attempt(request, deadline, result, addresses.size());
        return result;
    }

    private void attempt(CallRequest request, Deadline deadline, CompletableFuture<CallResponse> result, int left) {
        CompletableFuture<MoaConnection> opening = connection();
        opening.whenComplete((opened, failure) -> {
            if (result.isDone()) {
                return;
            }
            if (failure != null) {
                refused(opening);
                next(request, deadline, result, left, unavailable(request, failure));
                return;
            }
            reached();
            CompletableFuture<CallResponse> answer = opened.call(request, deadline);
            result.whenComplete((any, cancelled) -> {
                if (result.isCancelled()) {
                    answer.cancel(false);
                }
            });
            answer.whenComplete((response, broken) -> {
                if (response == null) {
                    result.cancel(false);
                } else if (response.code() == StatusCode.UNAVAILABLE && !opened.isOpen()) {
                    forget(opening);
                    next(request, deadline, result, left, response);
                } else {
                    result.complete(response);
                }
            });
        });
    }

    private void next(
            CallRequest request,
            Deadline deadline,
            CompletableFuture<CallResponse> result,
            int left,
            CallResponse failure) {
        if (left <= 1 || deadline.hasPassed()) {
            result.complete(failure);
        } else {
            attempt(request, deadline, result, left - 1);
        }
    }

    private synchronized CompletableFuture<MoaConnection> connection() {
        CompletableFuture<MoaConnection> now = connection;
        if (now != null && now.isDone() && !now.isCompletedExceptionally()) {
            MoaConnection opened = now.join();
            if (!opened.isOpen() || opened.isGoingAway()) {
                now = null;
                current++;
            }
        }
        if (now != null) {
            return now;
        }
        if (closed) {
            return CompletableFuture.failedFuture(new IllegalStateException("the directory is closed"));
        }
        if (refusals >= addresses.size() && System.nanoTime() - notBefore < 0) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "none of %s could be reached within the last %d ms".formatted(addresses, PAUSE_MS)));
        }
        Address router = addresses.get(Math.floorMod(current, addresses.size()));
        now = MoaConnection.open(
                InetSocketAddress.createUnresolved(router.host, router.port),
                router.tls ? options : options.withSsl(null));
        connection = now;
        return now;
    }

    private synchronized void refused(CompletableFuture<MoaConnection> opening) {
        if (connection == opening) {
            refusals++;
            notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PAUSE_MS);
        }
        forget(opening);
    }

    /** Returns whether a router can be asked, as far as that is known without asking. */
    synchronized RouterState state() {
        CompletableFuture<MoaConnection> now = connection;
        if (now != null
                && now.isDone()
                && !now.isCompletedExceptionally()
                && now.join().isOpen()) {
            return RouterState.CONNECTED;
        }
        return refusals > 0 ? RouterState.UNREACHABLE : RouterState.NOT_CONNECTED;
    }

    private synchronized void reached() {
        refusals = 0;
    }

    private synchronized void forget(CompletableFuture<MoaConnection> broken) {
        if (connection == broken) {
            connection = null;
            current++;
        }
    }

    /** Goes on with another router. */
    void next() {
        CompletableFuture<MoaConnection> left;
        synchronized (this) {
            left = connection;
            connection = null;
            current++;
        }
        closeLater(left);
    }

    private static CallResponse unavailable(CallRequest request, Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return CallResponse.failure(
                request.id(), StatusCode.UNAVAILABLE, "no router could be asked: " + cause.getMessage());
    }

    private static void closeLater(@Nullable CompletableFuture<MoaConnection> opening) {
        if (opening != null) {
            opening.whenComplete((opened, failure) -> {
                if (opened != null) {
                    opened.close();
                }
            });
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        next();
    }
}
