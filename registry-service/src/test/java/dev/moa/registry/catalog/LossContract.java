package dev.moa.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.store.Look;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the catalog promises when leases end and when Redis loses something. */
abstract class LossContract extends OnRedis {
    private static final ServiceName OTHER = ServiceName.of("/service/other");
    private static final Set<Lease> NOBODY = Set.of();
    private static final Succession KNOWN = new Succession(Succession.ALL, List.of());

    @Test
    void expiryRemovesWhoseLeaseEndedOnceAndNobodyElse() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        Registered alive = catalog.register(registration("u2", 7002, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 5);
        // not its incarnation and a lease: that is a millisecond ahead where both came within the same one
        Double aliveUntil = redis.opsForZSet().score("moa:{/service/user}:leases", alive.id());
        Look look = new Look(now, now - 60_000);

        Expiry expiry = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, Set.of(lease(silent)));
        Expiry again = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, NOBODY);

        assertThat(expiry.removed()).containsExactly(silent.id());
        assertThat(expiry.overdueMs()).isBetween(5L, 2_000L);
        assertThat(aliveUntil).isEqualTo((double) expiry.nextMs());
        assertThat(again.removed()).isEmpty();
        assertThat(catalog.snapshot(USER).instances()).extracting(Instance::id).containsExactly(alive.id());
        assertThat(catalog.changes(USER, 2, 10).changes())
                .extracting(InstanceChange::reason)
                .containsExactly(ChangeReason.LEASE_LOST);
    }

    @Test
    void leaseThatIsOverAloneIsBelievedOfWhoIsGoneAndOfOthersThreeLeasesLater() {
        List<Registered> all = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(catalog.register(registration("u" + i, 7001 + i, 10)));
        }
        String leases = "moa:{/service/user}:leases";
        long now = store.look().nowMs();
        redis.opsForZSet().add(leases, all.get(0).id(), now - 5);
        redis.opsForZSet().add(leases, all.get(1).id(), now - 30_005);
        redis.opsForZSet().add(leases, all.get(2).id(), now - 25_000);
        Look look = new Look(now, 0);

        Expiry asked = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, NOBODY);
        catalog.renew(List.of(lease(all.get(0))));
        Expiry renewed = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, Set.of(lease(all.get(0))));

        assertThat(asked.removed()).containsExactly(all.get(1).id());
        assertThat(asked.asked())
                .extracting(Expiry.Overdue::lease)
                .containsExactly(lease(all.get(2)), lease(all.get(0)));
        assertThat(renewed.removed()).isEmpty();
        assertThat(renewed.asked()).extracting(Expiry.Overdue::lease).containsExactly(lease(all.get(2)));
        assertThat(catalog.snapshot(USER).instances()).hasSize(7);
    }

    @Test
    void noLeaseEndsWithinOneLeaseOfABreak() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now, now - 9_000), LOOK_AGE, false, RULE, KNOWN, NOBODY);

        assertThat(expiry.removed()).isEmpty();
        assertThat(expiry.nextMs()).isEqualTo(now - 9_000 + 10_000);
    }

    @Test
    void sweeperThatSleptEndsNothing() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now - 5_000, 0), LOOK_AGE, false, RULE, KNOWN, NOBODY);

        assertThat(expiry.removed()).isEmpty();
    }

    @Test
    void instanceThatLostItsLeaseWithAnEvictedKeyGetsOne() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        redis.delete("moa:{/service/user}:leases");
        long now = store.look().nowMs();

        Expiry expiry = catalog.expire(USER, new Look(now, 0), LOOK_AGE, true, RULE, KNOWN, NOBODY);

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

        catalog.expire(USER, new Look(now, now - 60_000), LOOK_AGE, true, RULE, KNOWN, NOBODY);
        Double untouched = redis.opsForZSet().score(leases, registered.id());
        catalog.expire(USER, new Look(now, now), LOOK_AGE, true, RULE, KNOWN, NOBODY);

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

        Expiry few = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, Set.of(lease(all.get(0))));
        // of five, one is over and two more have missed their renewals
        redis.opsForZSet().add(leases, all.get(2).id(), now - 5);
        redis.opsForZSet().add(leases, all.get(3).id(), now + 3_000);
        Expiry many = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, NOBODY);
        Expiry later = catalog.expire(USER, look, LOOK_AGE, false, RULE, KNOWN, NOBODY);

        assertThat(few.removed()).containsExactly(all.get(0).id());
        assertThat(many.removed()).isEmpty();
        assertThat(many.newlyHeld()).isEqualTo(1);
        assertThat(later.newlyHeld()).isZero();
        assertThat(later.held()).extracting(Expiry.Overdue::lease).containsExactly(lease(all.get(2)));
        assertThat(catalog.changes(USER, 7, 10).changes())
                .extracting(InstanceChange::reason)
                .containsExactly(ChangeReason.HELD);
    }

    @Test
    void whoWasReplacedAtItsAddressIsRemovedAndDoesNotCountAsLost() {
        List<Registered> old = registerFive("old", "lost");
        String latest = registerFour("new").get(3).id();
        old.forEach(this::end);
        Look look = new Look(store.look().nowMs(), 0);

        Expiry unlooked = catalog.expire(USER, look, LOOK_AGE, false, RULE, Succession.UNKNOWN, NOBODY);
        int before = catalog.snapshot(USER).instances().size();
        Succession found = Succession.of(catalog.snapshot(USER), unlooked.unlookedUpTo());
        Expiry looked = catalog.expire(USER, look, LOOK_AGE, false, RULE, found, NOBODY);

        assertThat(unlooked.unlookedUpTo())
                .isEqualTo(catalog.find(InstanceId.parse(latest)).incarnation());
        assertThat(unlooked.newlyHeld()).isZero();
        assertThat(before).isEqualTo(9);
        assertThat(looked.unlookedUpTo()).isNegative();
        assertThat(looked.replaced())
                .containsExactlyInAnyOrderElementsOf(
                        old.subList(0, 4).stream().map(Registered::id).toList());
        // one of five, not five of nine
        assertThat(looked.newlyHeld()).isZero();
        assertThat(looked.asked()).extracting(Expiry.Overdue::lease).containsExactly(lease(old.get(4)));
        assertThat(catalog.changes(USER, 9, 10).changes())
                .hasSize(4)
                .extracting(InstanceChange::reason)
                .containsOnly(ChangeReason.REPLACED);
    }

    @Test
    void whoIsHeldIsRemovedOnceReplacedByARegistrationThatLives() {
        List<Registered> old = registerFive("old", "lost");
        old.forEach(this::end);
        Look look = new Look(store.look().nowMs(), 0);
        int held = catalog.expire(USER, look, LOOK_AGE, false, RULE, Succession.UNKNOWN, NOBODY)
                .newlyHeld();
        List<Registered> later = registerFour("new");
        Succession found = Succession.of(catalog.snapshot(USER), Succession.ALL);
        // of the four that came later one left, one is over, one registered once more
        catalog.remove(InstanceId.parse(later.get(0).id()), later.get(0).incarnation(), ChangeReason.GRACEFUL);
        end(later.get(1));
        catalog.register(registration("new2", 9999, 10));
        // and nothing is ended within a lease of a break
        Look afterBreak = new Look(look.nowMs(), look.nowMs() - 9_000);

        Expiry spared = catalog.expire(USER, afterBreak, LOOK_AGE, false, RULE, found, NOBODY);
        Expiry expiry = catalog.expire(USER, look, LOOK_AGE, false, RULE, found, NOBODY);

        assertThat(held).isEqualTo(5);
        assertThat(spared.replaced()).isEmpty();
        assertThat(expiry.replaced()).containsExactly(old.get(3).id());
    }

    @Test
    void whoRegistersAgainUnderItsIdReplacesNobodyAndIsNotReplaced() {
        List<Registered> old = registerFive("old", "lost");
        registerFour("new");
        old.forEach(this::end);
        Succession found = Succession.of(catalog.snapshot(USER), Succession.ALL);
        for (int i = 0; i < 5; i++) {
            Registered again = catalog.register(registration(i < 4 ? "old" + i : "lost", 9001 + i, 10));
            end(again);
        }
        Look look = new Look(store.look().nowMs(), 0);

        Expiry expiry = catalog.expire(USER, look, LOOK_AGE, false, RULE, found, NOBODY);

        assertThat(found.pairs()).hasSize(4);
        assertThat(expiry.replaced()).isEmpty();
        assertThat(expiry.newlyHeld()).isEqualTo(5);
        assertThat(Succession.of(catalog.snapshot(USER), Succession.ALL).pairs())
                .isEmpty();
    }

    private List<Registered> registerFive(String unique, String last) {
        List<Registered> all = registerFour(unique);
        all.add(catalog.register(registration(last, 7005, 10)));
        return all;
    }

    private List<Registered> registerFour(String unique) {
        List<Registered> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(catalog.register(registration(unique + i, 7001 + i, 10)));
        }
        return all;
    }

    private void end(Registered registered) {
        redis.opsForZSet()
                .add("moa:{/service/user}:leases", registered.id(), store.look().nowMs() - 5);
    }

    @Test
    void leaseLostWithManyOthersElsewhereIsHeldAndNobodyIsRemovedBeforeThatIsKnown() {
        Registered silent = catalog.register(registration("u1", 7001, 10));
        catalog.register(registration("u2", 7002, 10));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", silent.id(), now - 5);
        Look look = new Look(now, 0);

        Expiry asked =
                catalog.expire(USER, look, LOOK_AGE, false, RULE.with(LossRule.Elsewhere.UNKNOWN), KNOWN, NOBODY);
        Silence silence = catalog.silence(USER, Duration.ofMillis(asked.askedMs()));
        Expiry held = catalog.expire(USER, look, LOOK_AGE, false, RULE.with(LossRule.Elsewhere.YES), KNOWN, NOBODY);

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
        assertThat(catalog.isRebuilding(OTHER)).isFalse();
    }

    @Test
    void eachOfManyThatAreHeldIsNamedInTurn() {
        long over = store.look().nowMs() - 60_000;
        List<Registration> many = IntStream.range(0, 450)
                .mapToObj(i -> registration("u" + i, 7000 + i, 10))
                .toList();
        catalog.registerAll(many)
                .forEach(each -> redis.opsForZSet().add("moa:{/service/user}:leases", ((Registered) each).id(), over));
        Set<Lease> named = new HashSet<>();

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            Expiry expiry = catalog.expire(
                    USER, new Look(store.look().nowMs(), 0), LOOK_AGE, false, RULE, Succession.UNKNOWN, NOBODY);
            expiry.held().forEach(each -> named.add(each.lease()));
            assertThat(expiry.held()).hasSizeLessThanOrEqualTo(200);
            return named.size() == 450;
        });
    }

    @Test
    void heldInstanceStaysUntilItRenewsAndIsReleased() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        String key = "moa:{/service/user}:instances";
        String json = redis.<String, String>opsForHash().get(key, registered.id());
        redis.opsForHash().put(key, registered.id(), json.replace("\"held\":false", "\"held\":true"));
        long now = store.look().nowMs();
        redis.opsForZSet().add("moa:{/service/user}:leases", registered.id(), now - 60_000);

        Expiry expiry = catalog.expire(USER, new Look(now, 0), LOOK_AGE, false, RULE, KNOWN, NOBODY);
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
    void keysThatAreNotAsTheyShouldBeCostOneServiceItsRenewalsAndNoOther() {
        Registered broken = catalog.register(registration("u1", 7001, 10));
        Registered whole = catalog.register(registration(OTHER, "u2", 7002, 10));
        String key = "moa:{/service/user}:instances";
        String json = redis.<String, String>opsForHash().get(key, broken.id());
        redis.opsForHash().put(key, broken.id(), json.replace("\"held\":false", "\"held\":true"));
        redis.opsForValue().set("moa:{/service/user}:changes", "no stream");

        List<Object> answers = catalog.renewAll(List.of(List.of(lease(broken)), List.of(lease(whole))));

        assertThat(answers.get(0)).isInstanceOf(Refusal.class);
        assertThat(((Renewal) answers.get(1)).renewed()).containsExactly(whole.id());
    }

    @Test
    void renewalsOfManyServicesAtOnceAreAnsweredEachForItself() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            ServiceName service = ServiceName.of("/service/s" + i % 70);
            leases.add(lease(catalog.register(registration(service, "u" + i, 7001 + i, 10))));
        }
        InstanceId held = leases.get(120).id();
        String instances = "moa:{" + held.service() + "}:instances";
        String json = redis.<String, String>opsForHash().get(instances, held.value());
        redis.opsForHash().put(instances, held.value(), json.replace("\"held\":false", "\"held\":true"));
        Lease stale = leases.get(199);
        Registered successor = catalog.register(registration(stale.id().service(), "u199", 9001, 10));
        redis.opsForHash()
                .delete("moa:{/service/s30}:instances", leases.get(100).id().value());
        // not what its key should be: the services that share a run with it are renewed all the same
        redis.opsForValue().set("moa:{/service/s5}:leases", "no sorted set");

        List<Object> answers = catalog.renewAll(List.of(leases, List.of(leases.get(5)), List.of(leases.get(6))));
        List<Lease> whole = leases.stream()
                .filter(lease -> !lease.id().service().equals(leases.get(5).id().service()))
                .toList();
        Renewal renewal = catalog.renew(whole);

        assertThat(answers.get(0)).isInstanceOf(Refusal.class);
        assertThat(answers.get(1)).isInstanceOf(Refusal.class);
        assertThat(((Renewal) answers.get(2)).renewed())
                .containsExactly(leases.get(6).id().value());
        assertThat(renewal.renewed()).hasSize(whole.size() - 2).contains(held.value());
        assertThat(renewal.unknown()).containsExactly(leases.get(100).id().value());
        assertThat(renewal.stale())
                .containsExactly(new Renewal.Stale(stale.id().value(), stale.incarnation(), successor.incarnation()));
        assertThat(catalog.find(held).held()).isFalse();
    }

    @Test
    void overridesThatCannotBeReadCostOneServiceItsRegistrationsAndNoOther() {
        redis.opsForHash().put("moa:{/service/user}:meta", "overrides", "1");
        redis.opsForHash().put("moa:{/service/user}:overrides", "o-1", "no JSON");

        List<Object> answers =
                catalog.registerAll(List.of(registration("u1", 7001, 10), registration(OTHER, "u2", 7002, 10)));

        assertThat(answers.get(0)).isInstanceOf(Refusal.class);
        assertThat(answers.get(1)).isInstanceOf(Registered.class);
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
        catalog.expire(USER, store.look(), LOOK_AGE, false, RULE, KNOWN, NOBODY);

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
    void lateRenewalNeverShortensALease() {
        Registered registered = catalog.register(registration("u1", 7001, 10));
        double later = registered.incarnation() + 1_000_000.0;
        redis.opsForZSet().add("moa:{/service/user}:leases", registered.id(), later);

        catalog.renew(List.of(lease(registered)));

        assertThat(redis.opsForZSet().score("moa:{/service/user}:leases", registered.id()))
                .isEqualTo(later);
    }
}
