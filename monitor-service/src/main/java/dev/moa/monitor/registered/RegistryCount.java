package dev.moa.monitor.registered;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How many instances are registered, asked from the registry every ten seconds and forgotten after a minute
 * without an answer. Safe for many threads; nobody waits for the registry.
 */
public final class RegistryCount implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RegistryCount.class);
    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration FORGET_AFTER = Duration.ofMinutes(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    // what the registry gives at most
    private static final int PAGE = 200;
    private static final int MAX_PAGES = 100;

    private record Counts(long atMs, Map<String, Integer> services) {}

    private final List<String> urls;
    private final @Nullable String token;
    private final @Nullable SSLContext ssl;
    private final Clock clock;
    private final JsonMapper json = JsonMapper.builder().build();
    private volatile @Nullable Counts counts;
    // of the timer's thread alone
    private String problem = "";
    private @Nullable ScheduledExecutorService timer;
    private @Nullable HttpClient client;

    /**
     * @param urls base URLs of the registry's replicas; the first that answers counts
     * @param token what to show the registry; null for none
     * @param ssl whom to trust behind https; null means whom the JVM trusts
     */
    public RegistryCount(List<String> urls, @Nullable String token, @Nullable SSLContext ssl, Clock clock) {
        this.urls = List.copyOf(urls);
        this.token = token;
        this.ssl = ssl;
        this.clock = clock;
    }

    public synchronized void start() {
        if (timer == null && !urls.isEmpty()) {
            HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
            if (ssl != null) {
                builder.sslContext(ssl);
            }
            client = builder.build();
            ScheduledExecutorService made = Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "monitor-registered-1");
                thread.setDaemon(true);
                return thread;
            });
            made.scheduleWithFixedDelay(this::ask, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
            timer = made;
        }
    }

    /** Returns how many instances are registered, of one service or of all; null where that is not known. */
    public @Nullable Integer registered(@Nullable String service) {
        Counts known = counts;
        if (known == null || clock.millis() - known.atMs() > FORGET_AFTER.toMillis()) {
            return null;
        }
        return service == null
                ? known.services().values().stream().mapToInt(Integer::intValue).sum()
                : known.services().getOrDefault(service, 0);
    }

    private void ask() {
        String reason = "";
        for (String url : urls) {
            try {
                counts = new Counts(clock.millis(), count(url));
                problem = "";
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (IOException | RuntimeException e) {
                reason = url + ": " + e;
            }
        }
        if (!reason.equals(problem)) {
            problem = reason;
            log.warn("The registry does not say how many instances there are; charts go on without ({})", reason);
        }
    }

    private Map<String, Integer> count(String url) throws IOException, InterruptedException {
        HttpClient http = client;
        if (http == null) {
            throw new IllegalStateException("not started");
        }
        Map<String, Integer> found = new HashMap<>();
        String cursor = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            String query = "/v1/services?limit=" + PAGE
                    + (cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8));
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url + query)).timeout(TIMEOUT);
            if (token != null) {
                request.header("Authorization", "Bearer " + token);
            }
            HttpResponse<byte[]> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (reply.statusCode() != 200) {
                throw new IOException("HTTP " + reply.statusCode());
            }
            JsonNode body = json.readTree(reply.body());
            for (JsonNode service : body.path("services")) {
                found.put(
                        service.path("service").asString(""),
                        service.path("instances").asInt(0));
            }
            cursor = body.path("next").asString("");
            if (cursor.isEmpty()) {
                break;
            }
        }
        return found;
    }

    @Override
    public synchronized void close() {
        if (timer != null) {
            timer.shutdownNow();
        }
    }
}
