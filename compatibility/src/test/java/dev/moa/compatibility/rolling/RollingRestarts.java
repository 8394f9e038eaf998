package dev.moa.compatibility.rolling;

import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.Payload;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers of every kind under a steady load, while the instances that they call are restarted one after the other. */
final class RollingRestarts implements AutoCloseable {

    private static final int CALLS_A_ROUND = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long PAUSE_MICROS = 2_000;

    private final Fleet fleet;
    private final Map<String, Tally> tallies = new LinkedHashMap<>();
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

    RollingRestarts(Fleet fleet) {
        this.fleet = fleet;
    }

    /** Returns what has become of the calls, by kind of caller. */
    Map<String, Tally> tallies() {
        return tallies;
    }

    /** The SDK, by moa frames: one connection to each instance, calls that it must not repeat blindly. */
    void addSdk(int threads, long pauseMicros) {
        StaticDirectory directory = new StaticDirectory();
        directory.put(
                RollingInstance.SERVICE,
                fleet.ports().stream()
                        .map(port -> InstanceAddress.of("127.0.0.1", port))
                        .toList());
        addSdk("moa frames, SDK", MoaClient.builder().directory(directory), threads, pauseMicros);
    }

    /** The SDK, which asks a router at {@code port} for the instances. */
    void addSdk(int port) {
        addSdk("moa frames, SDK by router", MoaClient.builder().routers(List.of("127.0.0.1:" + port)), 2, PAUSE_MICROS);
    }

    private void addSdk(String name, MoaClient.Builder builder, int threads, long pauseMicros) {
        MoaClient client = builder.app("rolling").build();
        toClose.push(client);
        CallRequest request = CallRequest.of(RollingInstance.SERVICE, "hello", Payload.json("[\"world\"]"));
        // the first call loads classes, which may take longer than the second that each has
        await().atMost(PATIENCE).until(() -> client.call(request).join().isOk());
        add(name, threads, pauseMicros, () -> {
            var response = client.call(request).join();
            return response.result() == null
                    ? response.toString()
                    : response.result().text();
        });
    }

    /** Lettuce 7 as it is: RESP3, told where to go. */
    void addLettuce() {
        RedisClient lettuce = RedisClient.create();
        toClose.push(lettuce::shutdown);
        RedisURI uri = RedisURI.create("127.0.0.1", fleet.ports().get(0));
        uri.setTimeout(Duration.ofSeconds(5));
        RedisCommands<String, String> commands = lettuce.connect(uri).sync();
        add("RESP3, Lettuce 7", 2, PAUSE_MICROS, () -> commands.get(RollingInstance.CALL));
    }

    /** HTTP: the next address only where the connection was refused, so nothing is ever sent twice. */
    void addHttp() {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<HttpRequest> requests = fleet.ports().stream()
                .map(port -> HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + port + RollingInstance.SERVICE + "/hello"))
                        .header("Content-Type", "application/json")
                        .timeout(Duration.ofSeconds(5))
                        .POST(HttpRequest.BodyPublishers.ofString("[\"world\"]"))
                        .build())
                .toList();
        AtomicInteger turn = new AtomicInteger();
        add("HTTP, java.net.http", 2, PAUSE_MICROS, () -> {
            int first = turn.getAndIncrement();
            for (int i = 0; ; i++) {
                try {
                    return http.send(
                                    requests.get(Math.floorMod(first + i, requests.size())),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
                } catch (ConnectException e) {
                    if (i == requests.size()) {
                        throw e;
                    }
                }
            }
        });
    }

    /** A program of another language that knows the instances. */
    void addProgram(String name, List<String> command) throws IOException {
        addProgram(name, command, fleet.ports());
    }

    /** A program of another language that knows {@code ports}. */
    void addProgram(String name, List<String> command, List<Integer> ports) throws IOException {
        Tally tally = new Tally();
        tallies.put(name, tally);
        toClose.push(new ProgramCaller(tally, command, ports));
    }

    /** Callers in this process, who have something to close at their end. */
    void add(String name, AutoCloseable client, Callers.Call call) {
        toClose.push(client);
        add(name, 2, PAUSE_MICROS, call);
    }

    private void add(String name, int threads, long pauseMicros, Callers.Call call) {
        Tally tally = new Tally();
        tallies.put(name, tally);
        toClose.push(new Callers(tally, name.substring(0, 3).strip(), threads, pauseMicros, call));
    }

    /** Restarts one instance after the other, and waits after each until all callers have gone on. */
    void run(int rounds) throws IOException, InterruptedException {
        run(rounds, () -> {});
    }

    /** @param ready waits until a restarted instance is where callers find it */
    void run(int rounds, Runnable ready) throws IOException, InterruptedException {
        ready.run();
        awaitProgress();
        for (int round = 0; round < rounds; round++) {
            fleet.restart(round % fleet.ports().size());
            ready.run();
            awaitProgress();
        }
    }

    /** Waits until every kind of caller has made some more calls, good or bad. */
    void awaitProgress() {
        Map<String, Long> before = new LinkedHashMap<>();
        tallies.forEach((name, tally) -> before.put(name, tally.good() + tally.failed()));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> before.forEach((name, calls) -> {
                    Tally tally = tallies.get(name);
                    if (tally.good() + tally.failed() < calls + CALLS_A_ROUND) {
                        throw new AssertionError(
                                name + " makes no progress: " + tally.good() + " calls, " + tally.failures());
                    }
                }));
    }

    /** Ends the callers; what they count is final then. */
    @Override
    public void close() throws Exception {
        while (!toClose.isEmpty()) {
            toClose.pop().close();
        }
    }
}
