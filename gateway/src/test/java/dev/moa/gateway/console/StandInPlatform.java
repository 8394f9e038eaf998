package dev.moa.gateway.console;

import dev.moa.gateway.StandInApp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** All of the platform's apps, answering as the contract of their REST faces says, with data worth a look. */
final class StandInPlatform implements AutoCloseable {

    private static final List<String> SERVICES = List.of(
            "/service/feed/nearby",
            "/service/helloworld",
            "/service/php-hello",
            "/service/profile/photo",
            "/service/site",
            "/service/user");
    private static final List<String> METHODS = List.of(
            "/service/feed/nearby nearby 41.3 0.021 38.2 212.4 804",
            "/service/user get 126.4 0.0 0.84 3.1 18.7",
            "/service/user getAll 22.1 0.0 1.9 7.42 31",
            "/service/site find 82.7 0.004 1.22 5.6 44.1",
            "/service/helloworld hello 50.2 0.0 0.21 0.93 6.4",
            "/service/helloworld fail 1.02 1.0 0.19 0.4 1.1",
            "/service/profile/photo resize 3.4 0.087 420 1810 2400");

    final StandInApp registry = StandInApp.start();
    final StandInApp router = StandInApp.start();
    final StandInApp proxy = StandInApp.start();
    final StandInApp broker = StandInApp.start();
    final StandInApp monitor = StandInApp.start();
    final AtomicInteger looks = new AtomicInteger();
    final StandInOperations operations;
    final StandInRouting routing;
    private final AtomicLong tick = new AtomicLong();

    StandInPlatform() {
        operations = new StandInOperations(registry);
        routing = new StandInRouting(router, SERVICES);
        registry.on("/v1/services", request -> services());
        registry.on("/v1/instances", request -> instances(request.query("service")));
        registry.on("/v1/changes", request -> changes(request.query("service")));
        monitor.on("/v1/live", request -> live());
        monitor.on("/v1/alerts", request -> alerts());
        monitor.on("/v1/stats", request -> stats(request.query("service"), request.query("method")));
        proxy.on(
                "/v1/batch",
                request -> "{\"results\":[{\"code\":0,\"result\":\"hello a\"},{\"code\":0,\"result\":\"hello b\"},"
                        + "{\"code\":5,\"error\":\"NOT_FOUND\",\"message\":\"no service /service/nobody\"}]}");
        broker.on("/v1/tasks", request -> {
            if (request.method().equals("POST")) {
                request.status(202);
                return "{\"taskId\":\"t-01\",\"promise\":\"durable on 1 of 1 Kafka replicas\"}";
            }
            int look = looks.incrementAndGet();
            String state = look <= 1 ? "QUEUED" : look <= 3 ? "RUNNING" : "SUCCEEDED";
            return "{\"taskId\":\"t-01\",\"state\":\"%s\",\"attempts\":%d,\"key\":null,\"target\":\"/service/helloworld/hello\",\"result\":%s}"
                    .formatted(state, look <= 1 ? 0 : 1, look <= 3 ? "null" : "\"hello later\"");
        });
    }

    String[] settings(String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "moa.gateway.apps.registry=" + registry.url(),
                "moa.gateway.apps.router=" + router.url(),
                "moa.gateway.apps.parallel-proxy=" + proxy.url(),
                "moa.gateway.apps.async-broker=" + broker.url(),
                "moa.gateway.apps.monitor=" + monitor.url()));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    private static String services() {
        List<String> rows = new ArrayList<>();
        for (String service : SERVICES) {
            int held = service.endsWith("site") ? 3 : 0;
            int down = service.endsWith("photo") ? 2 : 0;
            int draining = service.endsWith("user") ? 1 : 0;
            int up = service.endsWith("photo") ? 0 : service.endsWith("php-hello") ? 1 : 3;
            rows.add(
                    "{\"service\":\"%s\",\"instances\":%d,\"up\":%d,\"draining\":%d,\"down\":%d,\"held\":%d,\"revision\":%d}"
                            .formatted(service, up + draining + down, up, draining, down, held, 40 + service.length()));
        }
        return "{\"services\":[" + String.join(",", rows) + "],\"next\":null}";
    }

    private static String instances(String service) {
        List<String> rows = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (int i = 0; i < 4; i++) {
            rows.add(instance(service, i, now));
        }
        return "{\"service\":\"%s\",\"epoch\":\"1795250000-5f3a\",\"revision\":57,\"instances\":[%s]}"
                .formatted(service, String.join(",", rows));
    }

    private static String instance(String service, int i, long now) {
        // an operator has taken all of one service out
        boolean isOut = service.endsWith("photo");
        return ("{\"id\":\"L3NlcnZpY2UvdXNlcg.7f3a%d\",\"incarnation\":%d,\"service\":\"%s\",\"host\":\"10.0.3.%d\",\"port\":%d,"
                        + "\"protocols\":[\"moa\",\"resp\",\"http\"],\"weight\":100,\"zone\":\"%s\",\"version\":\"2.4.%d\",\"tags\":{},\"metadata\":{},"
                        + "\"status\":\"%s\",\"ttlSeconds\":10,\"held\":%s,\"reason\":%s%s,\"registeredAtMs\":%d,\"leaseRemainingMs\":%d}")
                .formatted(
                        i,
                        12 + i,
                        service,
                        10 + i,
                        6390 + i,
                        i % 2 == 0 ? "eu-1a" : "eu-1b",
                        i == 3 ? 8 : 7,
                        isOut ? "DOWN" : i == 3 ? "DRAINING" : "UP",
                        i == 2,
                        i == 2 ? "\"held\"" : i == 3 ? "\"operator\"" : "\"registered\"",
                        i == 3 || isOut
                                ? ",\"overridden\":{\"by\":[\"o-7: anna: bad disk\"],\"status\":\"UP\",\"weight\":100,\"tags\":{}}"
                                : "",
                        now - 3_600_000L * (i + 1),
                        i == 2 ? 1_200 : 9_700 - (now / 3 + i * 2_100L) % 3_000);
    }

    private static String changes(String service) {
        long now = System.currentTimeMillis();
        String[][] what = {
            {"REGISTERED", "registered"},
            {"REMOVED", "lease-lost"},
            {"REGISTERED", "registered"},
            {"UPDATED", "held"},
            {"UPDATED", "operator"},
            {"REMOVED", "graceful"}
        };
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < what.length; i++) {
            rows.add(
                    "{\"revision\":%d,\"type\":\"%s\",\"id\":\"x.7f3a%d\",\"incarnation\":1,\"reason\":\"%s\",\"atMs\":%d,\"instance\":%s}"
                            .formatted(52 + i, what[i][0], i, what[i][1], now - (what.length - i) * 95_000L, "null"));
        }
        return "{\"service\":\"%s\",\"epoch\":\"e\",\"revision\":57,\"changes\":[%s]}"
                .formatted(service, String.join(",", rows));
    }

    private static String alerts() {
        return ("{\"atMs\":1,\"alerts\":[{\"name\":\"photo-errors\",\"service\":\"/service/profile/photo\",\"method\":\"resize\","
                        + "\"side\":\"server\",\"metric\":\"ERROR_RATIO\",\"min\":null,\"max\":0.05,\"state\":\"FIRING\",\"value\":0.087,"
                        + "\"minuteMs\":1,\"sinceMs\":%d}],\"history\":[]}")
                .formatted(System.currentTimeMillis() - 600_000);
    }

    private String live() {
        long n = tick.incrementAndGet();
        List<String> rows = new ArrayList<>();
        for (String line : METHODS) {
            String[] f = line.split(" ");
            double wave = 1 + 0.25 * Math.sin((n + line.length()) / 2.0);
            double rate = Double.parseDouble(f[2]) * wave;
            rows.add(String.format(
                    Locale.ROOT,
                    "{\"service\":\"%s\",\"method\":\"%s\",\"count\":%d,\"errors\":%d,\"ratePerSecond\":%.3f,\"errorRatio\":%s,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%s}",
                    f[0],
                    f[1],
                    (int) (rate * 60),
                    (int) (rate * 60 * Double.parseDouble(f[3])),
                    rate,
                    f[3],
                    Double.parseDouble(f[4]) * wave,
                    Double.parseDouble(f[5]) * wave,
                    f[6]));
        }
        return "{\"atMs\":%d,\"methods\":[%s],\"reporting\":11,\"registered\":12}"
                .formatted(System.currentTimeMillis(), String.join(",", rows));
    }

    private static String stats(String service, String method) {
        long minute = System.currentTimeMillis() / 60_000 * 60_000;
        List<String> points = new ArrayList<>();
        for (int i = 40; i >= 1; i--) {
            double wave = 1 + 0.3 * Math.sin(i / 3.0) + 0.08 * Math.sin(i * 2.7);
            boolean bad = i >= 6 && i <= 8;
            points.add(String.format(
                    Locale.ROOT,
                    "{\"atMs\":%d,\"count\":%d,\"errors\":%d,\"ratePerSecond\":%.2f,\"p50Ms\":%.2f,\"p90Ms\":90,\"p99Ms\":%.2f,\"p999Ms\":300,\"maxMs\":800,\"codes\":{\"4\":%d,\"14\":%d}}",
                    minute - i * 60_000L,
                    (int) (2400 * wave),
                    bad ? 320 : 12,
                    40 * wave,
                    38 * wave,
                    bad ? 780.0 : 212 * wave,
                    bad ? 300 : 8,
                    bad ? 20 : 4));
        }
        return "{\"from\":0,\"to\":1,\"stepMs\":60000,\"reporting\":11,\"registered\":12,\"series\":[{\"service\":\"%s\",\"method\":\"%s\",\"side\":\"server\",\"points\":[%s]}]}"
                .formatted(service, method, String.join(",", points));
    }

    @Override
    public void close() {
        registry.close();
        router.close();
        proxy.close();
        broker.close();
        monitor.close();
    }
}
