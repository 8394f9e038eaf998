package dev.moa.router.live;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceState;
import dev.moa.router.address.ServiceView;
import dev.moa.router.store.Revision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the live view says of one service, and what it makes of a store that suddenly says less.
 *
 * <p>States. <b>Seeded</b>: known from the snapshot on disk, not yet compared with a store; not served.
 * <b>Believed</b>: what the store says is what is served. <b>Suspected</b>: the store has another birth mark,
 * an earlier revision, or no longer knows the service, while the last good answer has instances. Then the
 * store has lost something, and the processes it forgot still run: what it says now is served together with
 * the instances it does not name, which are marked as held. Live leases seed the store again within seconds;
 * each instance it names again, or that leaves in its change stream, is no longer held. The suspicion ends
 * when nothing is held any more, or when nobody has been named again for the hold time: then the store is believed as
 * it is. A suspected store that is lost in its turn was as good an answer as the one before it. A router that knew more of
 * the store before is asked whom it holds, and is right.
 *
 * <p>Time is an argument. One thread changes it; {@link #view()} and what it says of itself may be read by all.
 */
final class LiveService {
    /** Losses one upon the other after which a router goes by itself alone. */
    private static final int MAX_LIVES = 8;

    private final ServiceName service;

    /** The last good answer, null before the first. */
    private volatile @Nullable ServiceState believed;

    private volatile @Nullable Suspicion suspicion;
    private volatile @Nullable ServiceView view;
    private volatile boolean confirmed;
    private volatile long confirmedAtMs;
    /** What the last good answer before the loss that was suspected last is made of; empty before the first. */
    private List<Revision> known = List.of();

    private int heldCount;
    /** The longest lease of those held, 0 where none is known. */
    private volatile long heldLeaseMs;

    private volatile long seededAtMs;

    /**
     * Why and since when the store is not believed.
     *
     * @param why in words for operators
     * @param sinceMs when it began
     * @param candidate what the store says now; null if it says nothing
     * @param gone ids that left properly in the new store: they are not held
     * @param followedTo up to which revision the candidate's change stream was read for those who left
     */
    record Suspicion(String why, long sinceMs, @Nullable ServiceState candidate, Set<String> gone, long followedTo) {}

    LiveService(ServiceName service) {
        this.service = service;
    }

    /** Takes over what the snapshot on disk says, for comparison with what the store will say. */
    void seed(ServiceState state, long confirmedAt) {
        believed = state;
        confirmedAtMs = confirmedAt;
    }

    ServiceName service() {
        return service;
    }

    /** Returns the answer; null while there is none that a store has confirmed. */
    @Nullable
    ServiceView view() {
        return confirmed ? view : null;
    }

    /** Returns the last good answer, from which a reading of the change stream goes on; null if there is none. */
    @Nullable
    ServiceState believed() {
        return believed;
    }

    @Nullable
    Suspicion suspicion() {
        return suspicion;
    }

    /** Returns when the store last said the same as the view, in milliseconds of the epoch. */
    long confirmedAtMs() {
        return confirmedAtMs;
    }

    /** Returns when a suspected store last named instances again that were held, in milliseconds of the epoch. */
    long seededAtMs() {
        return seededAtMs;
    }

    /** Returns within which time whoever is held and lives renews, in milliseconds: the longest of their leases; 0 without one. */
    long heldLeaseMs() {
        return heldLeaseMs;
    }

    /** The store was compared and says what is believed. */
    void confirm(long nowMs) {
        confirmedAtMs = nowMs;
    }

    /** Takes a reading of the store; returns whether the view changed. */
    boolean offer(ServiceState reading, long nowMs) {
        keepIfLostAgain(reading);
        ServiceState last = believed;
        if (last == null || last.instances().isEmpty()) {
            return believe(reading, nowMs);
        }
        Suspicion current = suspicion;
        ServiceState candidate = current == null ? null : current.candidate();
        boolean wentBack = candidate != null && candidate.isOfEpoch(last);
        if (reading.isOfEpoch(last) && reading.revision() >= last.revision() && !wentBack) {
            return believe(reading, nowMs);
        }
        if (wentBack && reading.isOfEpoch(last)) {
            // its revisions count again what they counted before: passing the old number proves nothing
            return suspect(Objects.requireNonNull(current).why(), reading, nowMs);
        }
        String why = reading.isOfEpoch(last)
                ? "the store went back from revision %d to %d".formatted(last.revision(), reading.revision())
                : "the store has another birth mark: %s was %s".formatted(reading.epoch(), last.epoch());
        return suspect(why, reading, nowMs);
    }

    /** The store does not know the service; returns whether the view changed. */
    boolean offerAbsence(long nowMs) {
        keepIfLostAgain(null);
        ServiceState last = believed;
        if (last == null || last.instances().isEmpty()) {
            return forget();
        }
        return suspect("the store no longer knows the service", null, nowMs);
    }

    /** A suspected store that is lost in its turn: what it said is as good as what was known before it. */
    private void keepIfLostAgain(@Nullable ServiceState reading) {
        Suspicion current = suspicion;
        ServiceState candidate = current == null ? null : current.candidate();
        ServiceState last = believed;
        if (current == null || candidate == null || last == null) {
            return;
        }
        if (reading == null || !reading.isOfEpoch(candidate) || reading.revision() < candidate.revision()) {
            List<Instance> carried = unnamed(last, candidate, current.gone());
            long revision =
                    candidate.isOfEpoch(last) ? Math.max(last.revision(), candidate.revision()) : candidate.revision();
            known = carried.isEmpty() ? List.of() : known;
            learn(new Revision(candidate.epoch(), revision));
            believed = ServiceState.of(
                    service,
                    candidate.epoch(),
                    revision,
                    Stream.concat(candidate.instances().values().stream(), carried.stream())
                            .toList());
            suspicion = null;
        }
    }

    private void learn(Revision life) {
        List<Revision> lives = new ArrayList<>(known);
        lives.removeIf(each -> each.epoch().equals(life.epoch()));
        if (lives.size() < MAX_LIVES) {
            lives.add(life);
        }
        known = List.copyOf(lives);
    }

    /**
     * The change stream of the suspected store was read further.
     *
     * @param gone all who left properly in it until now
     * @return whether the view changed
     */
    boolean followed(Set<String> gone, long toRevision, long nowMs) {
        Suspicion current = suspicion;
        ServiceState candidate = current == null ? null : current.candidate();
        if (current == null || candidate == null) {
            return false;
        }
        suspicion = new Suspicion(current.why(), current.sinceMs(), candidate, Set.copyOf(gone), toRevision);
        return !gone.equals(current.gone()) && suspect(current.why(), candidate, nowMs);
    }

    /** Returns what is held of what the store has lost, or was held last; null if nothing was. */
    @Nullable
    Loss loss() {
        ServiceState last = believed;
        if (known.isEmpty() || last == null) {
            return null;
        }
        Suspicion current = suspicion;
        ServiceState now = current == null ? last : current.candidate();
        return new Loss(
                service,
                known,
                now == null ? null : now.epoch(),
                now == null ? 0 : now.revision(),
                current == null ? List.of() : unnamed(last, now, current.gone()));
    }

    /**
     * Takes over from a router that knew at least as much of the store before it was lost whom to hold: who is not among
     * them had left before, or was held long enough. Returns whether the view changed.
     */
    boolean agree(Loss theirs, long nowMs) {
        Suspicion current = suspicion;
        ServiceState last = believed;
        if (current == null
                || last == null
                || known.size() >= MAX_LIVES
                || !theirs.knewAtLeast(known)
                || !theirs.hasReadAtMost(current.candidate())) {
            return false;
        }
        if (theirs.known().equals(known) && theirs.held().equals(unnamed(last, current.candidate(), current.gone()))) {
            return false;
        }
        long revision = theirs.known().stream()
                .filter(each -> each.epoch().equals(last.epoch()))
                .mapToLong(Revision::number)
                .max()
                .orElse(last.revision());
        known = theirs.known();
        believed = ServiceState.of(service, last.epoch(), revision, theirs.held());
        long seeded = seededAtMs;
        boolean changed = suspect(current.why(), current.candidate(), nowMs);
        // nobody was named again
        seededAtMs = seeded;
        return changed;
    }

    /** Ends a suspicion that has lasted long enough; returns whether the view changed. */
    boolean endHold(long nowMs) {
        Suspicion current = suspicion;
        if (current == null) {
            return false;
        }
        ServiceState candidate = current.candidate();
        if (candidate == null) {
            return forget();
        }
        ServiceState last = believed;
        believed = candidate;
        suspicion = null;
        confirmedAtMs = nowMs;
        // an earlier revision of the same store: only a mark of the contents tells it from what clients have
        boolean back = last != null && candidate.isOfEpoch(last) && candidate.revision() <= last.revision();
        return show(back ? ServiceView.marked(candidate) : ServiceView.of(candidate));
    }

    private boolean believe(ServiceState reading, long nowMs) {
        ServiceState last = believed;
        confirmedAtMs = nowMs;
        boolean contradicts = suspicion == null
                && last != null
                && confirmed
                && reading.isOfEpoch(last)
                && reading.revision() == last.revision()
                && !reading.instances().equals(last.instances());
        // services are read again and again: an equal reading's objects would be kept beside those that are shown
        ServiceState next = last != null && reading.equals(last) ? last : reading;
        boolean sameAsShown = suspicion == null && confirmed && view != null && next == last;
        believed = next;
        if (suspicion != null) {
            // nothing was lost
            known = List.of();
            suspicion = null;
        }
        if (sameAsShown) {
            return false;
        }
        return show(contradicts ? ServiceView.marked(next) : ServiceView.of(next));
    }

    private boolean suspect(String why, @Nullable ServiceState reading, long nowMs) {
        ServiceState last = Objects.requireNonNull(believed);
        Suspicion before = suspicion;
        Set<String> gone = before == null ? Set.of() : before.gone();
        long since = before == null ? nowMs : before.sinceMs();
        Revision life = new Revision(last.epoch(), last.revision());
        if (before == null && !known.contains(life)) {
            known = List.of(life);
        }
        List<Instance> held = unnamed(last, reading, gone);
        heldLeaseMs =
                1_000L * held.stream().mapToInt(Instance::ttlSeconds).max().orElse(0);
        if (reading == null) {
            suspicion = new Suspicion(why, since, null, gone, 0);
            heldCount = held.size();
            return show(ServiceView.marked(ServiceState.of(
                    service, last.epoch(), last.revision(), marked(held).toList())));
        }
        if (before != null && held.size() < heldCount) {
            seededAtMs = nowMs;
        }
        heldCount = held.size();
        suspicion = new Suspicion(why, since, reading, gone, followedTo(before, reading, last));
        if (held.isEmpty()) {
            return endHold(nowMs);
        }
        List<Instance> union = Stream.concat(reading.instances().values().stream(), marked(held))
                .toList();
        return show(ServiceView.marked(ServiceState.of(service, reading.epoch(), reading.revision(), union)));
    }

    private static Stream<Instance> marked(List<Instance> held) {
        return held.stream().map(Instance::asHeld);
    }

    /** Returns whom the store does not name, neither by id nor by address, and who has not left either. */
    private static List<Instance> unnamed(ServiceState last, @Nullable ServiceState reading, Set<String> gone) {
        Map<String, Instance> named = reading == null ? Map.of() : reading.instances();
        Set<String> addresses = new HashSet<>();
        named.values().forEach(instance -> addresses.add(instance.address()));
        List<Instance> unnamed = new ArrayList<>();
        for (Instance instance : last.instances().values()) {
            if (!named.containsKey(instance.id())
                    && !addresses.contains(instance.address())
                    && !gone.contains(instance.id())) {
                unnamed.add(instance);
            }
        }
        return unnamed;
    }

    /** Another store's stream is read from its start; that of one that went back, from where it went back to. */
    private static long followedTo(@Nullable Suspicion before, ServiceState reading, ServiceState last) {
        ServiceState candidate = before == null ? null : before.candidate();
        if (before != null && candidate != null && candidate.isOfEpoch(reading)) {
            return before.followedTo();
        }
        return reading.isOfEpoch(last) ? reading.revision() : 0;
    }

    private boolean forget() {
        boolean changed = view != null;
        believed = null;
        suspicion = null;
        view = null;
        confirmed = true;
        return changed;
    }

    private boolean show(ServiceView next) {
        ServiceView shown = view;
        boolean changed = !confirmed || shown == null || !shown.stamp().equals(next.stamp());
        view = next;
        confirmed = true;
        return changed;
    }
}
