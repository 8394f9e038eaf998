package dev.moa.sdk.call;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Takes down what a call that is to be explained does. At most as many entries as it has attempts. */
final class CallJournal {

    /** Candidates of one attempt: enough to see the choice, little enough for any face. */
    private static final int MAX_SHOWN = 32;

    private static final class Entry {
        private final Attempt attempt;
        private final double afterMs;
        private final boolean panic;
        private final int known;
        private final List<CallExplanation.Option> candidates;
        private @Nullable Double tookMs;
        private @Nullable String outcome;

        private Entry(Attempt attempt, double afterMs, boolean panic, List<InstanceView> views) {
            this.attempt = attempt;
            this.afterMs = afterMs;
            this.panic = panic;
            this.known = views.size();
            this.candidates = shown(views, attempt.endpoint().address().id());
        }

        private static List<CallExplanation.Option> shown(List<InstanceView> views, String chosen) {
            Stream<InstanceView> shown = views.size() <= MAX_SHOWN
                    ? views.stream()
                    // NaN, which is no score, comes last
                    : views.stream()
                            .sorted(Comparator.comparing((InstanceView view) ->
                                            !view.address().id().equals(chosen))
                                    .thenComparingDouble(InstanceView::score))
                            .limit(MAX_SHOWN);
            return shown.map(CallExplanation.Option::of).toList();
        }
    }

    private final List<Entry> entries = new ArrayList<>();

    /** An attempt is about to begin. */
    synchronized void begins(Attempt attempt, ServiceCalls in, long sinceStartNanos) {
        entries.add(new Entry(
                attempt,
                milliseconds(sinceStartNanos),
                in.roster().panic(),
                in.fleet().view()));
    }

    /** An attempt ended; null if it was abandoned. */
    synchronized void ended(Attempt attempt, @Nullable CallResponse response, long tookNanos) {
        for (Entry entry : entries) {
            if (entry.attempt == attempt) {
                entry.tookMs = milliseconds(tookNanos);
                entry.outcome = response == null ? "ABANDONED" : response.code().name();
            }
        }
    }

    /** Returns what was taken down, and how things stand now. */
    synchronized Payload toJson(CallRequest request, ServiceCalls in, @Nullable MethodCalls method) {
        long hedgeAfter = method == null ? Long.MAX_VALUE : method.hedgeAfterNanos();
        return new CallExplanation(
                        request.service().value(),
                        request.method(),
                        entries.stream().map(CallJournal::attempt).toList(),
                        CallExplanation.rounded(in.budget().available()),
                        in.budget().ratio(),
                        hedgeAfter == Long.MAX_VALUE ? null : milliseconds(hedgeAfter),
                        in.guard().breakerState(),
                        in.guard().inFlight(),
                        in.guard().settings().maxInFlight())
                .toJson();
    }

    private static CallExplanation.Try attempt(Entry entry) {
        return new CallExplanation.Try(
                entry.attempt.kind().name(),
                entry.attempt.endpoint().address().id(),
                entry.afterMs,
                entry.tookMs,
                entry.outcome,
                entry.panic,
                entry.known,
                entry.candidates);
    }

    private static double milliseconds(long nanos) {
        return CallExplanation.rounded(nanos / 1e6);
    }
}
