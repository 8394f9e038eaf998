package dev.moa.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Asks every part four times a second, and remembers who did not answer. A missing answer is excused if something
 * that the answer needs was down or had just been killed; {@link #seen} says what was.
 */
final class AnswerProbes implements AutoCloseable {

    private static final long PERIOD_MS = 250;
    private static final int ANSWER_LIMIT_MS = 2_000;
    /** Trouble counts from the kill until this long after the part is healthy again. */
    private static final Duration AFTERMATH = Duration.ofSeconds(5);

    private interface Question {
        void ask() throws IOException, InterruptedException;
    }

    private record Probe(String name, Set<String> needs, Question question, LongAdder asked) {}

    private record Missing(String probe, Set<String> needs, long atNanos, String why) {}

    private final List<Probe> probes = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(Duration.ofMillis(ANSWER_LIMIT_MS))
            .build();
    private final ScheduledExecutorService pace = Executors.newScheduledThreadPool(6, job -> {
        Thread thread = new Thread(job, "chaos-probe");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Long> pids = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> trouble = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<Missing> missing = new ConcurrentLinkedQueue<>();

    AnswerProbes(PartPorts ports) {
        String user = "{\"service\":\"/service/user\",\"method\":\"get\",\"args\":[7]}";
        add("a call at the instance", Set.of("user"), () -> redis(ports.of("user.moa"), "GET", user));
        add(
                "a batch by MGET",
                Set.of("parallel-proxy", "user"),
                () -> redis(ports.of("parallel-proxy.moa"), "MGET", user, user));
        add(
                "a call by the gateway",
                Set.of("gateway", "user"),
                () -> post(ports.of("gateway.http"), "/api/service/user/get", "[7]"));
        add("a lookup", Set.of("router"), () -> get(ports.of("router.http"), "/v1/lookup?service=/service/user"));
        add("the list of services", Set.of("registry", "redis"), () -> get(ports.of("registry.http"), "/v1/services"));
        add("the live statistics", Set.of("monitor"), () -> get(ports.of("monitor.http"), "/v1/live"));
    }

    void start() {
        probes.forEach(probe -> pace.scheduleWithFixedDelay(() -> ask(probe), 0, PERIOD_MS, TimeUnit.MILLISECONDS));
    }

    void stop() {
        pace.shutdownNow();
    }

    @Override
    public void close() {
        stop();
    }

    /** Takes note of a part's process and state; called ten times a second. */
    void seen(String part, long pid, String status) {
        Long before = pids.put(part, pid);
        if ((before != null && before != pid) || !status.equals("HEALTHY")) {
            trouble.computeIfAbsent(part, name -> new ArrayList<>()).add(System.nanoTime());
        }
    }

    /** Returns the answers that were missing although nothing they need was in trouble. */
    List<String> unexcused() {
        return missing.stream()
                .filter(answer -> answer.needs().stream().noneMatch(part -> wasInTrouble(part, answer.atNanos())))
                .map(answer -> answer.probe() + ": " + answer.why())
                .toList();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Probe probe : probes) {
            long gone = missing.stream()
                    .filter(answer -> answer.probe().equals(probe.name()))
                    .count();
            lines.add("%s: asked %d times, no answer %d times"
                    .formatted(probe.name(), probe.asked().sum(), gone));
        }
        List<String> unexcused = unexcused();
        lines.add("missing answers that no kill explains: %d".formatted(unexcused.size()));
        unexcused.stream().limit(10).forEach(answer -> lines.add("  " + answer));
        return lines;
    }

    // a little before counts too: the state file says it up to a second late
    private boolean wasInTrouble(String part, long atNanos) {
        return trouble.getOrDefault(part, List.of()).stream()
                .anyMatch(seen ->
                        seen - atNanos < Duration.ofSeconds(3).toNanos() && atNanos - seen < AFTERMATH.toNanos());
    }

    private void add(String name, Set<String> needs, Question question) {
        probes.add(new Probe(name, needs, question, new LongAdder()));
    }

    private void ask(Probe probe) {
        long began = System.nanoTime();
        try {
            probe.asked().increment();
            probe.question().ask();
        } catch (IOException e) {
            missing.add(new Missing(probe.name(), probe.needs(), began, String.valueOf(e)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void get(int port, String path) throws IOException, InterruptedException {
        require(HttpRequest.newBuilder(uri(port, path)).GET());
    }

    private void post(int port, String path, String json) throws IOException, InterruptedException {
        require(HttpRequest.newBuilder(uri(port, path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    private void require(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                request.timeout(Duration.ofMillis(ANSWER_LIMIT_MS)).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static URI uri(int port, String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private static void redis(int port, String... command) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), ANSWER_LIMIT_MS);
            socket.setSoTimeout(ANSWER_LIMIT_MS);
            StringBuilder bytes = new StringBuilder("*" + command.length + "\r\n");
            for (String word : command) {
                bytes.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            socket.getOutputStream().write(bytes.toString().getBytes(StandardCharsets.UTF_8));
            String answer = readReply(socket.getInputStream(), command.length - 1);
            if (answer.startsWith("-") || answer.split("\"code\":0", -1).length != command.length) {
                throw new IOException("answered " + answer);
            }
        }
    }

    /** Reads until {@code bulks} bulk strings have ended, which JSON without line breaks makes easy to see. */
    private static String readReply(InputStream in, int bulks) throws IOException {
        StringBuilder answer = new StringBuilder();
        int lines = bulks == 1 ? 2 : 1 + 2 * bulks;
        byte[] buffer = new byte[8_192];
        while (!answer.toString().startsWith("-")
                && answer.chars().filter(c -> c == '\n').count() < lines) {
            int read = in.read(buffer);
            if (read < 0) {
                throw new IOException("the connection was closed after: " + answer);
            }
            answer.append(new String(buffer, 0, read, StandardCharsets.UTF_8));
        }
        return answer.toString();
    }
}
