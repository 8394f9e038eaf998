package dev.moa.benchmarks;

import dev.moa.dev.Platform;
import dev.moa.dev.PlatformListener;
import dev.moa.dev.PlatformOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Twenty calls of 50 ms each in one request through the parallel proxy, against the slowest single call (the physical
 * limit), the sum of them one after another (what PHP does without the proxy), and PHP's {@code curl_multi}.
 */
final class BatchBenchmark implements Benchmark {

    private static final int CALLS = 20;
    private static final int EACH_MS = 50;
    private static final int ROUNDS = 5;
    private static final int REPEATS = 20;
    private static final String CALL =
            "{\"service\":\"/service/bench\",\"method\":\"slow\",\"args\":[" + EACH_MS + "]}";

    private final HttpClient http = HttpClient.newHttpClient();

    @Override
    public String name() {
        return "batch";
    }

    @Override
    public String question() {
        return "20 calls of 50 ms through the parallel proxy, against one call, one after another, and curl_multi";
    }

    @Override
    public void run(Report report) throws Exception {
        Path root = Files.createTempDirectory("moa-bench");
        PlatformOptions options = PlatformOptions.of(Path.of(System.getProperty("moa.home", ".")))
                .withRoot(root)
                .onRandomPorts()
                .withApps(Set.of("registry", "router", "parallel-proxy"))
                .withKafka(false);
        report.progress("starting Redis, registry, router and parallel proxy");
        try (Platform platform = new Platform(options, PlatformListener.silent())) {
            platform.start();
            platform.awaitHealthy(Duration.ofSeconds(90));
            PartPorts ports = new PartPorts(platform.ports());
            try (Child service = Child.java(BenchServer.class, "http://127.0.0.1:" + ports.of("registry.http"))) {
                URI proxy = URI.create("http://127.0.0.1:%d/v1/batch".formatted(ports.of("parallel-proxy.http")));
                URI direct = URI.create("http://127.0.0.1:%d/service/bench/slow".formatted(service.port()));
                measure(report, proxy, direct);
            }
        }
    }

    private void measure(Report report, URI proxy, URI direct) throws Exception {
        String batch = "{\"timeoutMs\":5000,\"calls\":["
                + IntStream.range(0, CALLS).mapToObj(i -> CALL).collect(Collectors.joining(",")) + "]}";
        awaitCallable(proxy, batch);
        List<Double> ours = new ArrayList<>();
        List<Double> one = new ArrayList<>();
        List<Double> sequential = new ArrayList<>();
        List<Double> curlMulti = new ArrayList<>();
        boolean hasPhp = hasPhpCurl();
        for (int round = 1; round <= ROUNDS; round++) {
            report.progress("round %d of %d".formatted(round, ROUNDS));
            ours.addAll(times(REPEATS, () -> post(proxy, batch)));
            one.addAll(times(REPEATS, () -> post(direct, "[" + EACH_MS + "]")));
            sequential.addAll(times(1, () -> {
                for (int i = 0; i < CALLS; i++) {
                    post(direct, "[" + EACH_MS + "]");
                }
            }));
            if (hasPhp) {
                curlMulti.addAll(curlMulti(direct));
            }
        }
        report.add(result("20 x 50 ms", ours, one, "one call of 50 ms, direct"));
        report.add(result("20 x 50 ms, in turn", ours, sequential, "20 calls, one after another"));
        if (hasPhp) {
            report.add(result("20 x 50 ms, PHP", ours, curlMulti, "PHP curl_multi, 20 handles"));
        } else {
            report.progress(
                    "no PHP with curl here (Debian: php-cli, php-curl); the case against curl_multi is left out");
        }
    }

    private CaseResult result(String caseName, List<Double> ours, List<Double> peer, String peerName) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("samples", ours.size());
        details.put("p99Ms", percentile(ours, 0.99));
        details.put("peerSamples", peer.size());
        details.put("peerP99Ms", percentile(peer, 0.99));
        return CaseResult.lessIsBetter(
                name(), caseName, CaseResult.median(ours), CaseResult.median(peer), peerName, "ms", details);
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static List<Double> times(int count, Work work) throws IOException, InterruptedException {
        List<Double> milliseconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            work.run();
            milliseconds.add((System.nanoTime() - began) / 1e6);
        }
        return milliseconds;
    }

    private void post(URI uri, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(10))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200 || answer.body().contains("\"error\"")) {
            throw new IOException("%s answered %d: %s".formatted(uri, answer.statusCode(), answer.body()));
        }
    }

    private void awaitCallable(URI proxy, String batch) throws InterruptedException, IOException {
        for (int tries = 100; ; tries--) {
            try {
                post(proxy, batch);
                return;
            } catch (IOException e) {
                if (tries == 0) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private static boolean hasPhpCurl() throws InterruptedException {
        try {
            return new ProcessBuilder("php", "-r", "exit(function_exists('curl_multi_init') ? 0 : 1);")
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lets PHP do the same with its own parallel HTTP, several times in one process, as php-fpm would. */
    private static List<Double> curlMulti(URI direct) throws IOException, InterruptedException {
        String script = """
                $multi = curl_multi_init();
                $handles = [];
                for ($i = 0; $i < %d; $i++) {
                    $handles[$i] = curl_init('%s');
                    curl_setopt_array($handles[$i], [CURLOPT_RETURNTRANSFER => true, CURLOPT_POSTFIELDS => '[%d]',
                        CURLOPT_HTTPHEADER => ['Content-Type: application/json'], CURLOPT_TIMEOUT => 10]);
                }
                for ($round = 0; $round < %d; $round++) {
                    $began = hrtime(true);
                    foreach ($handles as $handle) { curl_multi_add_handle($multi, $handle); }
                    do { curl_multi_exec($multi, $active); if ($active) curl_multi_select($multi); } while ($active);
                    foreach ($handles as $handle) {
                        if (!str_contains(curl_multi_getcontent($handle), '"code":0')) { fwrite(STDERR, 'failed'); exit(1); }
                        curl_multi_remove_handle($multi, $handle);
                    }
                    echo (hrtime(true) - $began) / 1e6, "\\n";
                }
                """.formatted(CALLS, direct, EACH_MS, REPEATS);
        Process php = new ProcessBuilder("php", "-r", script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<Double> milliseconds =
                php.inputReader().lines().map(Double::parseDouble).toList();
        if (php.waitFor() != 0) {
            throw new IOException("php ended with " + php.exitValue());
        }
        return milliseconds;
    }

    private static double percentile(List<Double> samples, double quantile) {
        List<Double> sorted = new ArrayList<>(samples);
        Collections.sort(sorted);
        return Math.round(sorted.get((int) Math.ceil(quantile * sorted.size()) - 1) * 1_000) / 1_000.0;
    }
}
