package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What the catalog promises, on any Redis of version 7 or later. */
abstract class CatalogContract extends LossContract {
    @Test
    void registrationIsWrittenAsTheRouterReadsIt() {
        Registered registered = catalog.register(registration("u1", 7001, 10));

        assertThat(registered.revision()).isEqualTo(1);
        assertThat(registered.ttlSeconds()).isEqualTo(10);
        assertThat(redis.keys("*"))
                .containsExactlyInAnyOrder(
                        "moa:services",
                        "moa:{/service/user}:meta",
                        "moa:{/service/user}:instances",
                        "moa:{/service/user}:leases",
                        "moa:{/service/user}:changes");
        assertThat(redis.<String, String>opsForHash().entries("moa:{/service/user}:meta"))
                .containsEntry("epoch", registered.epoch())
                .containsEntry("revision", "1")
                .containsEntry("incarnation", String.valueOf(registered.incarnation()));
        String json = redis.<String, String>opsForHash().get("moa:{/service/user}:instances", registered.id());
        assertThat(json)
                .isEqualTo(
                        "{\"incarnation\":%d,\"ttlSeconds\":10,\"held\":false,\"reason\":\"registered\",\"registeredAtMs\":%d,"
                                        .formatted(registered.incarnation(), registered.incarnation())
                                + "\"id\":\"%s\",\"service\":\"/service/user\",\"host\":\"127.0.0.1\",\"port\":7001,"
                                        .formatted(registered.id())
                                + "\"protocols\":[\"http\",\"moa\"],\"weight\":100,\"zone\":null,\"version\":\"1.0\",\"tags\":{},\"metadata\":{\"a\":\"ä"
                                + " \\\"quoted\\\" { } %s\"},\"status\":\"UP\"}");
        assertThat(redis.opsForZSet().score("moa:{/service/user}:leases", registered.id()))
                .isEqualTo(registered.incarnation() + 10_000.0);
        assertThat(redis.opsForStream()
                        .range("moa:{/service/user}:changes", org.springframework.data.domain.Range.unbounded()))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.getId().getValue()).isEqualTo("1-0");
                    assertThat(entry.getValue().toString())
                            .contains("epoch=" + registered.epoch(), "type=REGISTERED", "reason=registered");
                });
        assertThat(redis.opsForSet().members("moa:services")).containsExactly("/service/user");
    }

    @Test
    void sameRegistrationAgainBumpsNothingAndWakesNobody() {
        try (Wakes wakes = new Wakes()) {
            Registered first = catalog.register(registration("u1", 7001, 10));
            Registered again = catalog.register(registration("u1", 7001, 10));
            Registered other = catalog.register(registration("u2", 7002, 10));

            assertThat(again).isEqualTo(first);
            wakes.heard("/service/user %s 1".formatted(first.epoch()), "/service/user %s 2".formatted(other.epoch()));
        }
    }

    @Test
    void indexThatRedisLostIsToldFromOneThatHeals() {
        catalog.register(registration("u1", 7001, 10));
        index.refresh();

        redis.delete("moa:services");
        index.refresh();
        boolean lostByHealing = index.hasLost(Duration.ofMinutes(1));
        var healed = List.copyOf(index.names());
        empty();
        index.refresh();

        assertThat(lostByHealing).isFalse();
        assertThat(healed).containsExactly(USER);
        assertThat(index.names()).isEmpty();
        assertThat(index.hasLost(Duration.ofMinutes(1))).isTrue();
        assertThat(index.hasLost(Duration.ZERO)).isFalse();
    }

    @Test
    void serviceWithoutOverridesIsTakenOffTheListForEveryRegistry() {
        RedisCatalog other = new RedisCatalog(
                store,
                index,
                new CatalogProperties(100, 1000, 1000, 1000, 1000, Duration.ofSeconds(30)),
                new RegistryMetrics(new SimpleMeterRegistry()));
        InstanceOverride override = new InstanceOverride(
                "o-1",
                USER.value(),
                InstanceOverride.Kind.OPERATOR,
                new InstanceOverride.Scope(null, null, null, null),
                null,
                new InstanceOverride.Effect(null, 1, null),
                "local",
                "too slow",
                1,
                null);
        catalog.put(override, ChangeReason.OPERATOR);
        other.overriddenServices();

        empty();
        var lost = other.overriddenServices();
        var healed = catalog.overriddenServices();
        other.overridden(USER, false);
        catalog.overriddenElsewhere(USER);

        assertThat(lost).isEmpty();
        assertThat(healed).containsExactly(USER);
        assertThat(catalog.overriddenServices()).isEmpty();
        assertThat(other.overriddenServices()).isEmpty();
        assertThat(redis.hasKey("moa:registry:overridden")).isFalse();
    }

    @Test
    void whoWatchesAServiceHereHearsOfItsRegistrationsWhatIsPublished() {
        List<String> heard = new ArrayList<>();
        catalog.tell(new Hearer() {
            @Override
            public boolean isWatched(ServiceName service) {
                return service.equals(USER);
            }

            @Override
            public void hear(String wake) {
                heard.add(wake);
            }
        });
        try (Wakes wakes = new Wakes()) {
            Registered first = catalog.register(registration("u1", 7001, 10));
            catalog.register(registration("u1", 7001, 10));
            catalog.registerAll(List.of(registration("u2", 7002, 10)));
            Registered unwatched = catalog.register(Instance.parse(stored(catalog.register(registration("u3", 7003, 10))
                                    .id())
                            .replace("/service/user", "/service/other")
                            .replaceAll("\"id\":\"[^\"]*\"", "\"id\":\"L3NlcnZpY2Uvb3RoZXI.u3\""))
                    .registration());

            String user = "/service/user " + first.epoch();
            wakes.heard(user + " 1", user + " 2", user + " 3", "/service/other " + unwatched.epoch() + " 1");
            assertThat(heard)
                    .containsExactlyElementsOf(wakes.whole().stream()
                            .filter(each -> each.startsWith("/service/user "))
                            .toList());
        } finally {
            catalog.tell(Hearer.NOBODY);
        }
    }

    @Test
    void manyOfAServiceAreRegisteredInFewRunsEachToldOnce() {
        Registered first = catalog.register(registration("u0", 7000, 10));
        List<Registration> many = IntStream.rangeClosed(0, 70)
                .mapToObj(i -> registration("u" + i, 7000 + i, 10))
                .collect(Collectors.toCollection(ArrayList::new));
        many.add(1, registration(ServiceName.of("/service/other"), "o1", 6999, 10));
        try (Wakes wakes = new Wakes()) {
            List<Object> registered = catalog.registerAll(many);

            assertThat(registered.get(0)).isEqualTo(first);
            Registered other = (Registered) registered.remove(1);
            assertThat(registered)
                    .extracting("revision")
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 71).boxed().toList());
            assertThat(registered).extracting("incarnation").doesNotHaveDuplicates();
            String user = "/service/user " + first.epoch();
            // 64 in a run, of which one changed nothing
            wakes.heard(user + " 64", "/service/other %s 1".formatted(other.epoch()), user + " 71");
        }
    }

    @Test
    void manyWhoseOverridesWereReadTooEarlyAreRegisteredAllTheSame() {
        catalog.register(registration("u0", 7000, 10));
        redis.opsForHash().increment("moa:{/service/user}:meta", "overrides", 1);

        List<Object> registered =
                catalog.registerAll(List.of(registration("u1", 7001, 10), registration("u2", 7002, 10)));

        assertThat(registered).extracting("revision").containsExactly(2L, 3L);
    }

    private String stored(String id) {
        return Objects.requireNonNull(redis.<String, String>opsForHash().get("moa:{/service/user}:instances", id));
    }

    @Test
    void sameRegistrationAgainStartsTheLeaseAnew() {
        Registered first = catalog.register(registration("u1", 7001, 10));
        redis.opsForZSet().add("moa:{/service/user}:leases", first.id(), 1);

        catalog.register(registration("u1", 7001, 10));

        assertThat(redis.opsForZSet().score("moa:{/service/user}:leases", first.id()))
                .isGreaterThan(first.incarnation());
    }

    @Test
    void anotherProcessUnderTheIdIsANewIncarnationAndTheOldOneIsStale() {
        Registered old = catalog.register(registration("u1", 7001, 10));
        Registered successor = catalog.register(registration("u1", 7002, 10));
        InstanceId id = InstanceId.parse(old.id());

        Renewal renewal = catalog.renew(List.of(new Lease(id, old.incarnation())));

        assertThat(successor.incarnation()).isGreaterThan(old.incarnation());
        assertThat(successor.revision()).isEqualTo(2);
        assertThat(renewal.renewed()).isEmpty();
        assertThat(renewal.unknown()).isEmpty();
        assertThat(renewal.stale())
                .containsExactly(new Renewal.Stale(old.id(), old.incarnation(), successor.incarnation()));
        assertThatThrownBy(() -> catalog.remove(id, old.incarnation(), ChangeReason.GRACEFUL))
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.code()).isEqualTo(StatusCode.ABORTED);
                    assertThat(refusal.particulars())
                            .containsEntry("given", old.incarnation())
                            .containsEntry("current", successor.incarnation());
                });
        assertThatThrownBy(() -> catalog.change(id, old.incarnation(), draining(), ChangeReason.CHANGED))
                .hasMessageContaining(String.valueOf(successor.incarnation()));
        assertThat(catalog.snapshot(USER).revision()).isEqualTo(2);
    }

    @Test
    void newProcessInheritsNothingAnOperatorDidToTheOldOne() {
        Registered old = catalog.register(registration("u1", 7001, 10));
        InstanceId id = InstanceId.parse(old.id());
        catalog.change(id, old.incarnation(), draining(), ChangeReason.OPERATOR);

        Registered successor = catalog.register(registration("u1", 7001, 10));

        assertThat(successor.incarnation()).isGreaterThan(old.incarnation());
        assertThat(catalog.find(id).status()).isEqualTo(InstanceStatus.UP);
    }

    @Test
    void renewalOfManyServicesSaysWhichAreUnknown() {
        Registered user = catalog.register(registration("u1", 7001, 10));
        Registered site = catalog.register(registration(ServiceName.of("/service/site"), "s1", 7002, 10));
        InstanceId nobody = InstanceId.create(ServiceName.of("/service/nobody"));

        Renewal renewal = catalog.renew(List.of(
                new Lease(InstanceId.parse(user.id()), user.incarnation()),
                new Lease(nobody, 5),
                new Lease(InstanceId.parse(site.id()), site.incarnation())));

        assertThat(renewal.renewed()).containsExactly(user.id(), site.id());
        assertThat(renewal.unknown()).containsExactly(nobody.value());
        assertThat(catalog.snapshot(USER).revision()).isEqualTo(1);
        assertThat(redis.keys("*nobody*")).isEmpty();
    }

    @Test
    void changeThatChangesNothingBumpsNothing() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        InstanceId id = InstanceId.parse(registered.id());

        Written first = catalog.change(id, registered.incarnation(), draining(), ChangeReason.CHANGED);
        Written again = catalog.change(id, registered.incarnation(), draining(), ChangeReason.CHANGED);

        assertThat(first.changed()).isTrue();
        assertThat(first.revision()).isEqualTo(2);
        assertThat(again.changed()).isFalse();
        assertThat(again.revision()).isEqualTo(2);
        assertThat(catalog.find(id).status()).isEqualTo(InstanceStatus.DRAINING);
        assertThat(catalog.find(id).reason()).isEqualTo(ChangeReason.CHANGED);
        assertThat(catalog.summary(USER)).isEqualTo(new ServiceSummary("/service/user", 1, 0, 1, 0, 0, 2));
    }

    @Test
    void removalSaysWhy() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        InstanceId id = InstanceId.parse(registered.id());

        catalog.remove(id, registered.incarnation(), ChangeReason.OPERATOR);

        assertThat(catalog.changes(USER, 1, 10).changes()).singleElement().satisfies(change -> {
            assertThat(change.type()).isEqualTo(InstanceChange.Type.REMOVED);
            assertThat(change.reason()).isEqualTo(ChangeReason.OPERATOR);
            assertThat(change.incarnation()).isEqualTo(registered.incarnation());
            assertThat(change.instance()).isNull();
        });
        assertThatThrownBy(() -> catalog.remove(id, registered.incarnation(), ChangeReason.GRACEFUL))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(StatusCode.NOT_FOUND));
        assertThat(redis.opsForZSet().size("moa:{/service/user}:leases")).isZero();
    }

    @Test
    void concurrentRegistrationsGetRevisionsWithoutGapsAndIncarnationsOfTheirOwn() throws Exception {
        int threads = 8;
        int each = 40;
        ExecutorService pool = Executors.newFixedThreadPool(threads);

        List<Registered> all = new ArrayList<>();
        try {
            List<Future<List<Registered>>> futures = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                String name = "t" + thread;
                futures.add(pool.submit(() -> {
                    List<Registered> mine = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        mine.add(catalog.register(registration(name + "-" + i, 7000 + i, 10)));
                    }
                    return mine;
                }));
            }
            for (Future<List<Registered>> future : futures) {
                all.addAll(future.get());
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(all)
                .extracting(Registered::revision)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, (long) threads * each).boxed().toList());
        assertThat(all).extracting(Registered::incarnation).doesNotHaveDuplicates();
        assertThat(all).extracting(Registered::epoch).containsOnly(all.get(0).epoch());
        assertThat(catalog.changes(USER, 0, 1000).changes())
                .extracting(InstanceChange::revision)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, (long) threads * each).boxed().toList());
        assertThat(catalog.snapshot(USER).instances()).hasSize(threads * each);
    }

    @Test
    void concurrentChangesOfOneInstanceAreAllThere() throws Exception {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        InstanceId id = InstanceId.parse(registered.id());
        ExecutorService pool = Executors.newFixedThreadPool(2);

        try {
            Future<Written> weight = pool.submit(() -> catalog.change(
                    id,
                    registered.incarnation(),
                    new InstancePatch(null, 7, null, null, null, null),
                    ChangeReason.CHANGED));
            Future<Written> zone = pool.submit(() -> catalog.change(
                    id,
                    registered.incarnation(),
                    new InstancePatch(null, null, "east", null, null, null),
                    ChangeReason.CHANGED));
            weight.get();
            zone.get();
        } finally {
            pool.shutdownNow();
        }

        assertThat(catalog.find(id).weight()).isEqualTo(7);
        assertThat(catalog.find(id).zone()).isEqualTo("east");
        assertThat(catalog.snapshot(USER).revision()).isEqualTo(3);
    }

    @Test
    void serviceMayNotHaveMoreInstancesThanTheLimit() {
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        RedisCatalog small = new RedisCatalog(
                store, index, new CatalogProperties(100, 2, 1000, 1000, 1000, Duration.ofSeconds(30)), metrics);
        small.register(registration("u1", 7001, 10));
        small.register(registration("u2", 7002, 10));

        assertThatThrownBy(() -> small.register(registration("u3", 7003, 10)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED));
        assertThat(small.register(registration("u2", 7002, 10)).revision()).isEqualTo(2);
    }

    @Test
    void changeStreamIsBounded() {
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        RedisCatalog small = new RedisCatalog(
                store, index, new CatalogProperties(100, 1000, 100, 1000, 1000, Duration.ofSeconds(30)), metrics);

        for (int i = 0; i < 500; i++) {
            small.register(registration("u1", 7000 + i, 10));
        }

        ServiceChanges changes = small.changes(USER, 0, 1000);
        assertThat(changes.revision()).isEqualTo(500);
        assertThat(changes.changes().size()).isBetween(100, 250);
        assertThat(changes.follows(changes.epoch(), 0)).isFalse();
        assertThat(small.changes(USER, 450, 1000).follows(changes.epoch(), 450)).isTrue();
    }
}
