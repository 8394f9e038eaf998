package dev.moa.examples.demo;

import dev.moa.examples.nearby.NearbyFeed;
import dev.moa.examples.site.Site;
import dev.moa.examples.user.User;
import dev.moa.spring.MoaReference;
import dev.moa.spring.security.TokenBook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** The demo's load: 2 % of the calls fail on purpose, one method is slow. */
@SpringBootApplication
@EnableConfigurationProperties(DemoProperties.class)
public class DemoApplication {

    /** What the demo calls of {@code /service/user}. */
    interface Users {
        CompletionStage<User> get(long id);
    }

    /** What the demo calls of {@code /service/site}. */
    interface Sites {
        CompletionStage<List<Site>> search(String word);
    }

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(DemoApplication.class);
        application.setAdditionalProfiles("demo");
        application.run(arguments);
    }

    @Bean(destroyMethod = "close")
    RedisTraffic instanceTraffic(DemoProperties demo) {
        return new RedisTraffic(demo.instance());
    }

    @Bean(destroyMethod = "close")
    RedisTraffic proxyTraffic(DemoProperties demo) {
        return new RedisTraffic(demo.proxy());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    DemoLoad demoLoad(
            DemoProperties demo,
            TokenBook tokens,
            RedisTraffic instanceTraffic,
            RedisTraffic proxyTraffic,
            @MoaReference("/service/user") Users users,
            @MoaReference("/service/site") Sites sites,
            @MoaReference("/service/feed/nearby") NearbyFeed nearby) {
        HttpTraffic http = new HttpTraffic(tokens.own());
        AtomicLong counter = new AtomicLong();
        List<Traffic> cycle = new ArrayList<>();
        // fifty turns: with 50 calls a second the cycle is a second long, and each count is a rate
        add(cycle, 12, () -> users.get(id(counter)));
        add(cycle, 6, () -> nearby.page(id(counter)));
        add(cycle, 3, () -> sites.search("pier"));
        add(cycle, 14, () -> instanceTraffic.get(hello(id(counter))));
        add(cycle, 4, () -> proxyTraffic.mget(hello(1), user(id(counter)), hello(2)));
        add(
                cycle,
                2,
                () -> http.post(
                        demo.proxyUrl(),
                        "/v1/batch",
                        "{\"timeoutMs\":800,\"calls\":[%s,%s]}".formatted(user(id(counter)), hello(3))));
        add(cycle, 6, () -> http.post(demo.gatewayUrl(), "/api/service/user/get", "[%d]".formatted(id(counter))));
        add(cycle, 2, () -> http.post(demo.brokerUrl(), "/v1/tasks", note(id(counter))));
        add(
                cycle,
                1,
                () -> instanceTraffic.get(
                        "{\"service\":\"/service/helloworld\",\"method\":\"refuse\",\"args\":[\"on purpose\"]}"));
        Collections.shuffle(cycle, new Random(42)); // the same mix each time, not all of a kind at once
        return new DemoLoad(cycle, demo.callsPerSecond());
    }

    private static void add(List<Traffic> cycle, int times, Traffic kind) {
        cycle.addAll(Collections.nCopies(times, kind));
    }

    private static long id(AtomicLong counter) {
        return counter.incrementAndGet() % 1_000 + 1;
    }

    private static String hello(long number) {
        return "{\"service\":\"/service/helloworld\",\"method\":\"hello\",\"args\":[\"world %d\"],\"ctx\":{\"app\":\"demo-redis\"}}"
                .formatted(number);
    }

    private static String user(long id) {
        return "{\"service\":\"/service/user\",\"method\":\"get\",\"args\":[%d],\"ctx\":{\"app\":\"demo-redis\"}}"
                .formatted(id);
    }

    private static String note(long id) {
        return "{\"service\":\"/service/user\",\"method\":\"notify\",\"args\":[%d,\"a note\"],\"task\":{\"key\":\"user-%d\"}}"
                .formatted(id, id);
    }
}
