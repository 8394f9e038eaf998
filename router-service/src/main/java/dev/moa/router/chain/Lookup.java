package dev.moa.router.chain;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The chain of address sources: asks them in order, past those that are switched off, until one answers.
 *
 * <p>Safe for many threads. {@link #find} waits for Redis or a name server where the sources in memory do not
 * answer; {@link #findNow} never waits.
 */
public final class Lookup {
    private static final Deadline NOW = Deadline.afterMillis(0);

    private final List<AddressSource> sources;
    private final Switches switches;
    private final BiConsumer<String, Finding> observer;
    private volatile List<AddressSource> ordered;
    private volatile @Nullable BiConsumer<ServiceName, LookupAnswer> witness;

    /**
     * One step of the chain, for people.
     *
     * @param outcome answered, unknown, failed, passed, off or not-reached
     */
    public record Step(AddressSource source, String outcome, String why, Finding.@Nullable Answered answered) {}

    /**
     * @param observer is told what each source that was asked said
     * @throws IllegalArgumentException if two sources have one name
     */
    public Lookup(List<AddressSource> sources, Switches switches, BiConsumer<String, Finding> observer) {
        this.sources = List.copyOf(sources);
        if (Set.copyOf(usualOrder()).size() < sources.size()) {
            throw new IllegalArgumentException("sources: %s (expected: each name once)".formatted(usualOrder()));
        }
        this.switches = switches;
        this.observer = observer;
        this.ordered = this.sources;
        switches.onChange(() -> ordered = inOrder(switches.order()));
    }

    /** Adds somebody who is told for which service a source may answer otherwise; {@link AddressSource#onChange}. */
    public void onChange(Consumer<ServiceName> listener) {
        sources.forEach(source -> source.onChange(listener));
    }

    /** Returns the sources in the order in which they are asked. */
    public List<AddressSource> sources() {
        return ordered;
    }

    /** Returns the names of the sources in the order of the design: that of an empty order. */
    public List<String> usualOrder() {
        return sources.stream().map(AddressSource::name).toList();
    }

    /** Returns the sources of these names; what is not named comes behind, so that no order loses a source. */
    private List<AddressSource> inOrder(List<String> names) {
        List<AddressSource> list = new ArrayList<>(named(names));
        sources.stream().filter(source -> !list.contains(source)).forEach(list::add);
        return List.copyOf(list);
    }

    /** Returns the sources of these names, in this order, without those that there are not. */
    List<AddressSource> named(List<String> names) {
        return names.stream()
                .flatMap(name -> sources.stream().filter(source -> source.name().equals(name)))
                .distinct()
                .toList();
    }

    /** Sets who sees every answer, on the thread of the lookup: it must be quick. */
    void witness(@Nullable BiConsumer<ServiceName, LookupAnswer> newWitness) {
        witness = newWitness;
    }

    private <T extends LookupAnswer> T seen(ServiceName service, T answer) {
        BiConsumer<ServiceName, LookupAnswer> sees = witness;
        if (sees != null) {
            sees.accept(service, answer);
        }
        return answer;
    }

    /** Asks the chain; returns by the deadline. */
    public LookupAnswer find(ServiceName service, Deadline deadline) {
        return seen(service, ask(ordered, switches::isOn, observer, service, deadline));
    }

    /** Asks some sources in their order; returns by the deadline. */
    static LookupAnswer ask(
            List<AddressSource> sources,
            Predicate<String> isOn,
            BiConsumer<String, Finding> observer,
            ServiceName service,
            Deadline deadline) {
        boolean someFailed = false;
        StringBuilder failures = new StringBuilder();
        for (AddressSource source : sources) {
            if (!isOn.test(source.name())) {
                continue;
            }
            Finding finding = source.find(service, deadline);
            observer.accept(source.name(), finding);
            if (finding instanceof Finding.Answered answered) {
                return new LookupAnswer.Found(source.name(), answered.view(), answered.ageMs());
            }
            if (finding instanceof Finding.Failed failed) {
                someFailed = true;
                failures.append(failures.isEmpty() ? "" : "; ")
                        .append(source.name())
                        .append(": ")
                        .append(failed.why());
            }
        }
        return someFailed
                ? new LookupAnswer.Undecided(
                        "%s: no source has an answer, and not all could be asked (%s). GET /v1/explain tells more"
                                .formatted(service, failures))
                : new LookupAnswer.Unknown(
                        "%s: no such service. Is it registered, and is its name spelled so? GET /v1/services lists all"
                                .formatted(service));
    }

    /** Asks the sources in memory; null where the chain would have to wait for an answer. */
    public LookupAnswer.@Nullable Found findNow(ServiceName service) {
        LookupAnswer.Found found = fromMemory(service, observer);
        return found == null ? null : seen(service, found);
    }

    /** Returns what {@link #findNow} would answer; nobody is told of it, because nobody has asked. */
    public LookupAnswer.@Nullable Found peek(ServiceName service) {
        return fromMemory(service, (source, finding) -> {});
    }

    private LookupAnswer.@Nullable Found fromMemory(ServiceName service, BiConsumer<String, Finding> listener) {
        for (AddressSource source : ordered) {
            if (!switches.isOn(source.name())) {
                continue;
            }
            if (!source.isImmediate()) {
                return null;
            }
            Finding finding = source.find(service, NOW);
            if (finding instanceof Finding.Answered answered) {
                listener.accept(source.name(), finding);
                return new LookupAnswer.Found(source.name(), answered.view(), answered.ageMs());
            }
        }
        return null;
    }

    /** Asks every source that is switched on, also those behind the one that answers, and tells what each says. */
    public List<Step> explain(ServiceName service, Deadline deadline) {
        List<Step> steps = new ArrayList<>();
        for (AddressSource source : ordered) {
            if (!switches.isOn(source.name())) {
                steps.add(new Step(source, "off", "an operator switched it off", null));
                continue;
            }
            Finding finding = source.find(service, deadline);
            if (finding instanceof Finding.Answered answered) {
                steps.add(new Step(source, "answered", "", answered));
            } else if (finding instanceof Finding.Unknown unknown) {
                steps.add(new Step(source, "unknown", unknown.why(), null));
            } else if (finding instanceof Finding.Failed failed) {
                steps.add(new Step(source, "failed", failed.why(), null));
            } else if (finding instanceof Finding.Passed passed) {
                steps.add(new Step(source, "passed", passed.why(), null));
            }
        }
        return steps;
    }
}
