package dev.moa.router.sentinel;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import dev.moa.protocol.server.RespExtension;
import dev.moa.protocol.server.RespSession;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What Sentinel answers, with services for masters and instances for replicas. Reading only: who is listed is the
 * registry's business, so {@code MONITOR}, {@code SET}, {@code FAILOVER} and the like are refused.
 */
public final class SentinelCommands implements RespExtension, AutoCloseable {
    private static final Set<String> SUBSCRIBING = Set.of("SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE");
    private static final Set<String> COMMANDS =
            Set.of("SENTINEL", "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PING", "RESET");
    private static final ServiceName ROUTERS = ServiceName.of("/service/lookup");
    private static final Duration MAX_LOOKUP = Duration.ofSeconds(1);
    private static final int MAX_QUEUED = 1_000;
    private static final int MAX_MASTERS = 10_000;
    private static final String NO_SUCH_MASTER = "ERR No such master with that name";

    private final Lookup lookup;
    private final Catalog catalog;
    private final FailoverNews news;
    private final ThreadPoolExecutor workers =
            new ThreadPoolExecutor(2, 2, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_QUEUED), work -> {
                Thread thread = new Thread(work, "router-sentinel-lookup");
                thread.setDaemon(true);
                return thread;
            });

    public SentinelCommands(Lookup lookup, Catalog catalog, FailoverNews news) {
        this.lookup = lookup;
        this.catalog = catalog;
        this.news = news;
        workers.allowCoreThreadTimeOut(true);
    }

    @Override
    public Set<String> commands() {
        return COMMANDS;
    }

    @Override
    public @Nullable CompletionStage<byte[]> run(RespSession session, List<String> words) {
        String name = words.get(0);
        if (name.equals("SENTINEL")) {
            return sentinel(session, words);
        }
        if (name.equals("RESET")) {
            news.forget(session);
            return null;
        }
        if (name.equals("PING")) {
            return ping(session, words);
        }
        if (words.size() == 1 && !name.endsWith("UNSUBSCRIBE")) {
            return error("ERR wrong number of arguments for '" + name.toLowerCase(Locale.ROOT) + "' command");
        }
        Subscriber subscriber = SUBSCRIBING.contains(name) ? news.subscriber(session) : null;
        if (subscriber == null) {
            return error("ERR too many subscribers; ask another router");
        }
        byte[] confirmations = subscriber.run(name, words.subList(1, words.size()));
        if (subscriber.isEmpty()) {
            news.forget(session);
        }
        return CompletableFuture.completedFuture(confirmations);
    }

    /** A RESP2 client that has subscribed is answered with a message, as nothing else may come there. */
    private @Nullable CompletionStage<byte[]> ping(RespSession session, List<String> words) {
        if (session.version() == RespVersion.RESP3 || news.existing(session) == null) {
            return null;
        }
        return reply(out -> {
            RespWriter.array(out, 2);
            RespWriter.bulk(out, "pong");
            RespWriter.bulk(out, words.size() > 1 ? words.get(1) : "");
        });
    }

    private CompletionStage<byte[]> sentinel(RespSession session, List<String> words) {
        String sub = words.size() > 1 ? words.get(1).toUpperCase(Locale.ROOT) : "";
        String client = Choice.client(session.address(), session.clientName());
        RespVersion version = session.version();
        if (sub.equals("MASTERS") && words.size() == 2) {
            return masters(client, version);
        }
        if (sub.equals("MYID") && words.size() == 2) {
            return reply(out -> RespWriter.bulk(out, SentinelFields.runId("router")));
        }
        if (sub.equals("IS-MASTER-DOWN-BY-ADDR")) {
            return reply(out -> {
                RespWriter.array(out, 3);
                RespWriter.integer(out, 0);
                RespWriter.bulk(out, "*");
                RespWriter.integer(out, 0);
            });
        }
        if (words.size() != 3) {
            return error("ERR unknown subcommand or wrong number of arguments for '" + sub.toLowerCase(Locale.ROOT)
                    + "'; services are registered with the registry, the router only tells of them");
        }
        String name = words.get(2);
        return switch (sub) {
            case "GET-MASTER-ADDR-BY-NAME" -> masterAddress(name, client, version);
            case "MASTER" ->
                about(name, (found, out) -> {
                    List<Instance> callable = Choice.callable(found.view());
                    Instance master = Choice.master(callable, client);
                    if (master == null) {
                        RespWriter.error(out, NO_SUCH_MASTER);
                    } else {
                        SentinelFields.master(out, version, found.view(), master, callable.size(), routers());
                    }
                });
            case "REPLICAS", "SLAVES" -> about(name, (found, out) -> replicas(found.view(), client, version, out));
            case "SENTINELS" -> about(name, (found, out) -> sentinels(version, out));
            case "CKQUORUM" -> about(name, (found, out) -> RespWriter.simple(out, "OK 1 usable Sentinels."));
            default ->
                error("ERR unknown subcommand '" + sub.toLowerCase(Locale.ROOT)
                        + "'; services are registered with the registry, the router only tells of them");
        };
    }

    private CompletionStage<byte[]> masterAddress(String name, String client, RespVersion version) {
        return find(name)
                .thenApply(found -> bytes(out -> {
                    Instance master = found == null ? null : Choice.master(Choice.callable(found.view()), client);
                    if (master == null) {
                        RespWriter.noArray(out, version);
                    } else {
                        RespWriter.array(out, 2);
                        RespWriter.bulk(out, master.host());
                        RespWriter.bulk(out, Integer.toString(master.port()));
                    }
                }));
    }

    private CompletionStage<byte[]> masters(String client, RespVersion version) {
        return later(() -> bytes(out -> {
            int routers = routers();
            ByteBuf list = Unpooled.buffer(1_024);
            int count = 0;
            for (ServiceName service : catalog.services()) {
                LookupAnswer.Found found = lookup.findNow(service);
                List<Instance> callable = Choice.callable(found == null ? null : found.view());
                Instance master = Choice.master(callable, client);
                if (found != null && master != null && count < MAX_MASTERS) {
                    SentinelFields.master(list, version, found.view(), master, callable.size(), routers);
                    count++;
                }
            }
            RespWriter.array(out, count);
            out.writeBytes(list);
        }));
    }

    private static void replicas(ServiceView view, String client, RespVersion version, ByteBuf out) {
        List<Instance> callable = Choice.callable(view);
        Instance master = Choice.master(callable, client);
        if (master == null) {
            RespWriter.array(out, 0);
            return;
        }
        ReplicaHeads heads = ReplicaHeads.of(view, version);
        ByteBuf rest = Unpooled.buffer(128);
        SentinelFields.replicaRest(rest, master);
        RespWriter.array(out, callable.size() - 1);
        for (Instance instance : callable) {
            if (instance != master) {
                heads.write(out, instance);
                out.writeBytes(rest, 0, rest.readableBytes());
            }
        }
    }

    /** The other sentinels of a service are the other routers, which are instances of the lookup service. */
    private void sentinels(RespVersion version, ByteBuf out) {
        LookupAnswer.Found routers = lookup.findNow(ROUTERS);
        List<Instance> all = Choice.callable(routers == null ? null : routers.view());
        RespWriter.array(out, all.size());
        all.forEach(router -> SentinelFields.sentinel(out, version, router));
    }

    private int routers() {
        LookupAnswer.Found routers = lookup.findNow(ROUTERS);
        return Choice.callable(routers == null ? null : routers.view()).size();
    }

    private CompletionStage<byte[]> about(String name, BiConsumer<LookupAnswer.Found, ByteBuf> writer) {
        return find(name)
                .thenApply(found -> bytes(out -> {
                    if (found == null) {
                        RespWriter.error(out, NO_SUCH_MASTER);
                    } else {
                        writer.accept(found, out);
                    }
                }));
    }

    /** Finds a service by its name; null if there is none, or nobody knows. */
    private CompletionStage<LookupAnswer.@Nullable Found> find(String name) {
        ServiceName service;
        try {
            service = ServiceName.of(name);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(null);
        }
        LookupAnswer.Found now = lookup.findNow(service);
        if (now != null) {
            return CompletableFuture.completedFuture(now);
        }
        return later(() ->
                lookup.find(service, Deadline.after(MAX_LOOKUP)) instanceof LookupAnswer.Found found ? found : null);
    }

    private <T extends @Nullable Object> CompletionStage<T> later(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, workers);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static CompletionStage<byte[]> reply(Consumer<ByteBuf> writer) {
        return CompletableFuture.completedFuture(bytes(writer));
    }

    private static CompletionStage<byte[]> error(String text) {
        return reply(out -> RespWriter.error(out, text));
    }

    private static byte[] bytes(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer(128);
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
