package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.registry.RegistryApp.Answer;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What is listed, by filters and pages, and what differs from what was. */
class ListingIT extends OneRegistry {
    @Test
    void servicesAreListedByPages() {
        register("/service/page/a", 7001, 30);
        register("/service/page/b", 7001, 30);
        register("/service/page/b", 7002, 30);

        JsonNode first = app.get("/v1/services?limit=1").json();
        int pages = 1;
        String seen = first.get("services").get(0).get("service").stringValue();
        JsonNode last = first;
        while (!last.get("next").isNull()) {
            last = app.get("/v1/services?limit=1&cursor=" + last.get("next").stringValue())
                    .json();
            JsonNode service = last.get("services").get(0);
            assertThat(service.get("service").stringValue()).isGreaterThan(seen);
            seen = service.get("service").stringValue();
            if (seen.equals("/service/page/b")) {
                assertThat(service.get("up").intValue()).isEqualTo(2);
            }
            pages++;
        }

        assertThat(pages).isGreaterThanOrEqualTo(2);
    }

    @Test
    void listsAreFilteredByZoneVersionTagsStatusAndLane() {
        String body = "{\"service\":\"/service/lanes\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":60,"
                + "\"zone\":\"%s\",\"version\":\"%s\",\"tags\":%s,\"metadata\":{\"warmUpSeconds\":\"600\"}}";
        app.post("/v1/instances", body.formatted(1, "east", "1", "{}"));
        app.post("/v1/instances", body.formatted(2, "west", "1", "{\"lane\":\"blue\",\"disk\":\"ssd\"}"));
        app.post("/v1/instances", body.formatted(3, "west", "2", "{\"disk\":\"hdd\"}"));
        String list = "/v1/instances?service=/service/lanes";

        assertThat(ports(list)).containsExactlyInAnyOrder(1, 2, 3);
        assertThat(ports(list + "&zone=west")).containsExactlyInAnyOrder(2, 3);
        assertThat(ports(list + "&zone=west&version=2")).containsExactly(3);
        assertThat(ports(list + "&tag=disk")).containsExactlyInAnyOrder(2, 3);
        assertThat(ports(list + "&tag=disk:ssd")).containsExactly(2);
        assertThat(ports(list + "&status=DRAINING")).isEmpty();
        assertThat(ports(list + "&lane=green%7Cblue%7Cbase")).containsExactly(2);
        assertThat(ports(list + "&lane=green%7Cbase")).containsExactlyInAnyOrder(1, 3);
        assertThat(ports(list + "&lane=green%7C*")).hasSize(3);
        assertThat(app.get(list + "&lane=a%7C%7Cb").status()).isEqualTo(400);
        assertThat(app.get(list)
                        .json()
                        .get("instances")
                        .get(0)
                        .get("warmWeight")
                        .intValue())
                .isBetween(10, 15);
    }

    @Test
    void differenceDigestAndTargetsTellWhatIs() {
        Answer first = register("/service/past", 7001, 60);
        Answer second = register("/service/past", 7002, 60);
        String path = "/v1/instances/%s?incarnation=%s";
        String digest = digest("/service/past");
        app.delete(path.formatted(
                first.json().get("id").stringValue(), first.json().get("incarnation")));
        app.patch(
                path.formatted(
                        second.json().get("id").stringValue(), second.json().get("incarnation")),
                "{\"weight\":5}");
        register("/service/past", 7003, 60);

        JsonNode diff = app.get("/v1/diff?service=/service/past&from=2").json();
        JsonNode early = app.get("/v1/diff?service=/service/past&from=0&to=2").json();
        Answer beyond = app.get("/v1/diff?service=/service/past&from=2&to=99");
        JsonNode targets =
                app.get("/v1/prometheus/targets?service=/service/past").json();

        assertThat(diff.get("differences").toString()).contains("\"removed\"", "\"changed\"", "\"added\"");
        assertThat(diff.get("differences").size()).isEqualTo(3);
        assertThat(diff.get("to").longValue()).isEqualTo(5);
        assertThat(early.get("differences").size()).isEqualTo(2);
        assertThat(beyond.status()).isEqualTo(400);
        assertThat(digest).hasSize(16).isNotEqualTo(digest("/service/past"));
        assertThat(targets.size()).isEqualTo(2);
        assertThat(targets.toString()).contains("127.0.0.1:7003", "\"__meta_moa_service\":\"/service/past\"");
    }

    @Test
    void targetsThatRedisLostAreNoEmptyList() throws IOException {
        app.post(
                "/v1/instances",
                "{\"service\":\"/service/scraped\",\"host\":\"127.0.0.1\",\"port\":7001,\"ttlSeconds\":60,"
                        + "\"protocols\":[\"http\"]}");
        JsonNode before = app.get("/v1/prometheus/targets").json();

        redis.commands().flushall();
        Answer one = app.get("/v1/prometheus/targets?service=/service/scraped");

        assertThat(before.toString()).contains("/service/scraped");
        assertThat(one.status()).isEqualTo(503);
        assertThat(one.json().get("detail").stringValue()).contains("Redis lost its data");
        // the registry has read the names of all services again meanwhile
        await().during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(5))
                .until(() -> app.get("/v1/prometheus/targets").status() == 503);
    }

    private static String digest(String service) {
        return app.get("/v1/digests?service=" + service)
                .json()
                .get("digests")
                .get(0)
                .get("digest")
                .stringValue();
    }

    private static java.util.List<Integer> ports(String path) {
        java.util.List<Integer> ports = new java.util.ArrayList<>();
        app.get(path)
                .json()
                .get("instances")
                .forEach(each -> ports.add(each.get("port").intValue()));
        return ports;
    }

    private static Answer register(String service, int port, int ttlSeconds) {
        return app.post(
                "/v1/instances",
                "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%d}"
                        .formatted(service, port, ttlSeconds));
    }
}
