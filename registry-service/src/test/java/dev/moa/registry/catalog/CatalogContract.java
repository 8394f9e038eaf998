package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.registry.Refusal;
import dev.moa.registry.RegistryMetrics;
import dev.moa.registry.store.Look;
import dev.moa.registry.store.RedisStore;
import dev.moa.testkit.redis.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What the catalog promises, on any Redis of version 7 or later. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CatalogContract {
    private static final ServiceName USER = ServiceName.of("/service/user");
    private static final Duration LOOK_AGE = Duration.ofSeconds(2);
    private static final LossRule RULE = new LossRule(0.5, 3, LossRule.Elsewhere.NO);

    private RedisProcess process;
    private LettuceConnectionFactory connections;
    private StringRedisTemplate redis;
    private RedisStore store;
    private ServiceIndex index;
    private RedisCatalog catalog;

    abstract Path binary();

    @BeforeAll
    void startRedis(@TempDir Path data) {
        process = new RedisProcess(binary(), data).start();
        connections = new LettuceConnectionFactory("127.0.0.1", process.port());
        connections.afterPropertiesSet();
        connections.start();
        redis = new StringRedisTemplate(connections);
    }

    @AfterAll
    void stopRedis() {
        connections.destroy();
        process.close();
    }

    @BeforeEach
    void emptyRedis() {
        empty();
        RegistryMetrics metrics = new RegistryMetrics(new SimpleMeterRegistry());
        CatalogProperties limits = new CatalogProperties(100, 1000, 1000, 1000, 1000, Duration.ofSeconds(30));
        store = new RedisStore(redis, metrics, Duration.ofSeconds(3));
        index = new ServiceIndex(store, limits.maxServices());
        catalog = new RedisCatalog(store, index, limits, metrics);
    }

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
    void lateRenewalNeverShortensALease() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        double later = registered.incarnation() + 1_000_000.0;
        redis.opsForZSet().add("moa:{/service/user}:leases", registered.id(), later);

        catalog.renew(List.of(lease(registered)));

        assertThat(redis.opsForZSet().score("moa:{/service/user}:leases", registered.id()))
                .isEqualTo(later);
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
    void expiryRemovesWhoseLeaseEndedOnceAndNobodyElse() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        Registered alive = catalog.register(registration("u2", 7002, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 5);
        Look look = new Look(now, now - 60_000);

        Expiry expiry = catalog.expire(USER, look, LOOK_AGE, false, RULE);
        Expiry again = catalog.expire(USER, look, LOOK_AGE, false, RULE);

        assertThat(expiry.removed()).containsExactly(silent.id());
        assertThat(expiry.overdueMs()).isBetween(5L, 2_000L);
        assertThat(expiry.nextMs()).isEqualTo(alive.incarnation() + 10_000);
        assertThat(again.removed()).isEmpty();
        assertThat(catalog.snapshot(USER).instances()).extracting(Instance::id).containsExactly(alive.id());
        assertThat(catalog.changes(USER, 2, 10).changes())
                .extracting(InstanceChange::reason)
                .containsExactly(ChangeReason.LEASE_LOST);
    }

    @Test
    void noLeaseEndsWithinOneLeaseOfABreak() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now, now - 9_000), LOOK_AGE, false, RULE);

        assertThat(expiry.removed()).isEmpty();
        assertThat(expiry.nextMs()).isEqualTo(now - 9_000 + 10_000);
    }

    @Test
    void sweeperThatSleptEndsNothing() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now - 5_000, 0), LOOK_AGE, false, RULE);

        assertThat(expiry.removed()).isEmpty();
    }

    @Test
    void instanceThatLostItsLeaseWithAnEvictedKeyGetsOne() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        redis.delete("moa:{/service/user}:leases");
        long now = store.look().nowMs();

        Expiry expiry = catalog.expire(USER, new Look(now, 0), LOOK_AGE, true, RULE);

        assertThat(expiry.removed()).isEmpty();
        assertThat(redis.opsForZSet().score("moa:{/service/user}:leases", registered.id()))
                .isGreaterThan(now);
    }

    @Test
    void leaseThatAClockSetBackMadeTooLongIsShortenedAfterTheBreak() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        String leases = "moa:{/service/user}:leases";
        long now = store.look().nowMs();
        redis.opsForZSet().add(leases, registered.id(), now + 3_600_000);

        catalog.expire(USER, new Look(now, now - 60_000), LOOK_AGE, true, RULE);
        Double untouched = redis.opsForZSet().score(leases, registered.id());
        catalog.expire(USER, new Look(now, now), LOOK_AGE, true, RULE);

        assertThat(untouched).isEqualTo(now + 3_600_000.0);
        assertThat(redis.opsForZSet().score(leases, registered.id())).isBetween(now + 10_000.0, now + 15_000.0);
    }

    @Test
    void manyLeasesLostAtOnceAreHeldAndFewAreNot() {
        List<Registered> all = new java.util.ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(catalog.register(registration("u" + i, 7001 + i, 10)));
        }
        long now = store.look().nowMs();
        String leases = "moa:{/service/user}:leases";
        Look look = new Look(now, 0);
        redis.opsForZSet().add(leases, all.get(0).id(), now - 5);
        redis.opsForZSet().add(leases, all.get(1).id(), now + 3_000);

        Expiry few = catalog.expire(USER, look, LOOK_AGE, false, RULE);
        // of five, one is over and two more have missed their renewals
        redis.opsForZSet().add(leases, all.get(2).id(), now - 5);
        redis.opsForZSet().add(leases, all.get(3).id(), now + 3_000);
        Expiry many = catalog.expire(USER, look, LOOK_AGE, false, RULE);
        Expiry later = catalog.expire(USER, look, LOOK_AGE, false, RULE);

        assertThat(few.removed()).containsExactly(all.get(0).id());
        assertThat(many.removed()).isEmpty();
        assertThat(many.newlyHeld()).isEqualTo(1);
        assertThat(later.newlyHeld()).isZero();
        assertThat(later.held()).extracting(Expiry.Held::lease).containsExactly(lease(all.get(2)));
        assertThat(catalog.changes(USER, 7, 10).changes())
                .extracting(InstanceChange::reason)
                .containsExactly(ChangeReason.HELD);
    }

    @Test
    void leaseLostWithManyOthersElsewhereIsHeldAndNobodyIsRemovedBeforeThatIsKnown() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        catalog.register(registration("u2", 7002, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 5);
        Look look = new Look(now, 0);

        Expiry asked = catalog.expire(USER, look, LOOK_AGE, false, RULE.with(LossRule.Elsewhere.UNKNOWN));
        Silence silence = catalog.silence(USER, Duration.ofMillis(asked.askedMs()));
        Expiry held = catalog.expire(USER, look, LOOK_AGE, false, RULE.with(LossRule.Elsewhere.YES));

        assertThat(asked.askedMs()).isEqualTo(4_000);
        assertThat(asked.removed()).isEmpty();
        assertThat(silence).isEqualTo(new Silence(1, 2));
        assertThat(held.newlyHeld()).isEqualTo(1);
    }

    @Test
    void emptiedStoreIsNoticedByWhoeverReadsIt() {
        catalog.register(registration("u1", 7001, 10));
        boolean before = catalog.isRebuilding(USER);

        empty();
        ServiceSnapshot snapshot = catalog.snapshot(USER);

        assertThat(before).isFalse();
        assertThat(snapshot.instances()).isEmpty();
        assertThat(catalog.isRebuilding(USER)).isTrue();
        assertThat(catalog.isRebuilding(ServiceName.of("/service/other"))).isFalse();
    }

    @Test
    void heldInstanceStaysUntilItRenewsAndIsReleased() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        String key = "moa:{/service/user}:instances";
        String json = redis.<String, String>opsForHash().get(key, registered.id());
        redis.opsForHash().put(key, registered.id(), json.replace("\"held\":false", "\"held\":true"));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", registered.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now, 0), LOOK_AGE, false, RULE);
        int heldBefore = catalog.summary(USER).held();
        catalog.renew(List.of(lease(registered)));

        assertThat(expiry.removed()).isEmpty();
        assertThat(heldBefore).isEqualTo(1);
        assertThat(catalog.find(InstanceId.parse(registered.id())).held()).isFalse();
        assertThat(catalog.changes(USER, 1, 10).changes())
                .extracting(InstanceChange::reason)
                .containsExactly(ChangeReason.RELEASED);
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
    void emptiedStoreIsSeenAndWholeAgainAfterRegistrations() {
        Registered before = catalog.register(registration("u1", 7001, 10));
        catalog.register(registration("u2", 7002, 10));

        empty();
        Renewal renewal = catalog.renew(List.of(lease(before)));
        Registered after = catalog.register(registration("u1", 7001, 10));

        assertThat(renewal.unknown()).containsExactly(before.id());
        assertThat(after.epoch()).isNotEqualTo(before.epoch());
        assertThat(after.incarnation()).isGreaterThan(before.incarnation());
        assertThat(after.revision()).isEqualTo(1);
        index.refresh();
        catalog.renew(List.of(lease(after)));
        assertThat(index.names()).containsExactly(USER);
        assertThat(redis.opsForSet().members("moa:services")).containsExactly("/service/user");
    }

    @Test
    void storeThatWentBackInTimeGetsANewEpoch() {
        Registered first = catalog.register(registration("u1", 7001, 10));
        Map<byte[], byte[]> old = new TreeMap<>(java.util.Arrays::compare);
        for (String key : redis.keys("*")) {
            old.put(key.getBytes(java.nio.charset.StandardCharsets.UTF_8), redis.dump(key));
        }
        Registered second = catalog.register(registration("u2", 7002, 10));
        catalog.register(registration("u3", 7003, 10));

        empty();
        old.forEach((key, value) -> redis.restore(
                new String(key, java.nio.charset.StandardCharsets.UTF_8),
                value,
                0,
                java.util.concurrent.TimeUnit.MILLISECONDS));
        catalog.expire(USER, store.look(), LOOK_AGE, false, RULE);

        ServiceSnapshot snapshot = catalog.snapshot(USER);
        assertThat(snapshot.epoch()).isNotEqualTo(first.epoch());
        assertThat(snapshot.revision()).isEqualTo(4);
        assertThat(snapshot.instances()).extracting(Instance::id).containsExactly(first.id());
        assertThat(catalog.renew(List.of(lease(second))).unknown()).containsExactly(second.id());
        assertThat(catalog.register(registration("u2", 7002, 10)).revision()).isEqualTo(5);
        assertThat(catalog.changes(USER, 3, 10).follows(first.epoch(), 3)).isFalse();
    }

    @Test
    void lostEntryOfTheIndexHeals() {
        catalog.register(registration("u1", 7001, 10));
        redis.delete("moa:services");

        index.refresh();

        assertThat(redis.opsForSet().members("moa:services")).containsExactly("/service/user");
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

    private void empty() {
        try (var connection = connections.getConnection()) {
            connection.serverCommands().flushAll();
        }
    }

    private static Registration registration(String unique, int port, int ttlSeconds) {
        return registration(USER, unique, port, ttlSeconds);
    }

    private static Registration registration(ServiceName service, String unique, int port, int ttlSeconds) {
        String prefix = InstanceId.create(service).value();
        InstanceId id = InstanceId.parse(prefix.substring(0, prefix.indexOf('.') + 1) + unique);
        return new Registration(
                id,
                service,
                "127.0.0.1",
                port,
                new TreeSet<>(List.of("moa", "http")),
                100,
                null,
                "1.0",
                new TreeMap<>(),
                new TreeMap<>(Map.of("a", "ä \"quoted\" { } %s")),
                null,
                InstanceStatus.UP,
                ttlSeconds);
    }

    private static InstancePatch draining() {
        return new InstancePatch(InstanceStatus.DRAINING, null, null, null, null, null);
    }

    private static Lease lease(Registered registered) {
        return new Lease(InstanceId.parse(registered.id()), registered.incarnation());
    }

    /** What is heard on the wake-up channel. */
    private final class Wakes implements AutoCloseable {
        private final RedisClient client = RedisClient.create(process.url());
        private final Queue<String> messages = new ConcurrentLinkedQueue<>();

        Wakes() {
            StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    // what follows is the change itself
                    messages.add(String.join(" ", List.of(message.split(" ")).subList(0, 3)));
                }
            });
            connection.sync().subscribe("moa:wake");
        }

        void heard(String... expected) {
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(messages).containsExactly(expected));
        }

        @Override
        public void close() {
            client.shutdown(0, 1, java.util.concurrent.TimeUnit.SECONDS);
        }
    }
}
