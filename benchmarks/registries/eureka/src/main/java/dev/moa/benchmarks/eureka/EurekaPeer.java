package dev.moa.benchmarks.eureka;

import dev.moa.benchmarks.load.registry.RegistryLoad;
import dev.moa.benchmarks.load.registry.RegistryPeer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Eureka by REST. It tells nobody: its clients ask for what changed every 30 s. Here one asks twice a second, so
 * that what is measured is the server alone.
 */
public final class EurekaPeer implements RegistryPeer {
    private static final Pattern HOST = Pattern.compile("\"ipAddr\":\"(10\\.[0-9.]+)\"");
    private static final long POLL_MS = 500;

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private EurekaPeer(String port) {
        base = "http://127.0.0.1:" + port + "/eureka/apps";
    }

    /** Takes the server's port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new EurekaPeer(arguments[0]));
    }

    @Override
    public void watch(List<String> services, IntConsumer told) {
        Thread poller = new Thread(() -> poll(told), "load-poller-1");
        poller.setDaemon(true);
        poller.start();
    }

    private void poll(IntConsumer told) {
        Set<String> known = new HashSet<>();
        HttpRequest delta = HttpRequest.newBuilder(URI.create(base + "/delta"))
                .header("Accept", "application/json")
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            while (true) {
                String answer =
                        http.send(delta, HttpResponse.BodyHandlers.ofString()).body();
                Matcher host = HOST.matcher(answer);
                while (host.find()) {
                    if (known.add(host.group(1))) {
                        told.accept(RegistryPeer.number(host.group(1)));
                    }
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MS);
            }
        } catch (IOException | InterruptedException ended) {
            System.err.println("load: the poll ended: " + ended);
        }
    }

    @Override
    public Session session(int thread) {
        return new Session() {
            @Override
            public void register(String service, int number) throws IOException, InterruptedException {
                String app = service.substring(1).replace('/', '-').toUpperCase(Locale.ROOT);
                String host = RegistryPeer.host(number);
                String body =
                        ("{\"instance\":{\"instanceId\":\"%s\",\"app\":\"%s\",\"hostName\":\"%s\",\"ipAddr\":\"%s\","
                                        + "\"vipAddress\":\"%s\",\"status\":\"UP\",\"port\":{\"$\":7000,\"@enabled\":\"true\"},"
                                        + "\"dataCenterInfo\":{\"@class\":\"com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo\","
                                        + "\"name\":\"MyOwn\"},\"metadata\":{\"payload\":\"%s\"}}}")
                                .formatted(host, app, host, host, app, RegistryPeer.metadata());
                HttpResponse<String> response = http.send(
                        HttpRequest.newBuilder(URI.create(base + "/" + app))
                                .header("Content-Type", "application/json")
                                .timeout(Duration.ofSeconds(10))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 204) {
                    throw new IOException(response.statusCode() + " " + response.body());
                }
            }
        };
    }
}
