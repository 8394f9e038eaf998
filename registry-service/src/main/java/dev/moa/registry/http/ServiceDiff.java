package dev.moa.registry.http;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.ChangeReason;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.InstanceChange;
import dev.moa.registry.catalog.ServiceChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What differs in a service between two revisions, whatever happened in between.
 *
 * @param from the earlier revision
 * @param to the later one
 * @param differences by id
 */
@JsonPropertyOrder({"service", "epoch", "from", "to", "differences"})
record ServiceDiff(String service, String epoch, long from, long to, List<Difference> differences) {

    /**
     * One instance that is not what it was.
     *
     * @param what added, removed or changed
     * @param reason of the last change
     * @param before null where it was not there, or the stream does not say any more
     * @param after null where it is not there
     */
    @JsonPropertyOrder({"id", "what", "reason", "before", "after"})
    record Difference(
            String id,
            String what,
            ChangeReason reason,
            @Nullable Instance before,
            @Nullable Instance after) {}

    /**
     * @param changes the whole stream of the service
     * @throws Refusal if the stream does not reach back to {@code from}
     */
    static ServiceDiff of(ServiceChanges changes, long from, long to) {
        List<InstanceChange> all = changes.changes();
        long oldest = all.isEmpty() ? changes.revision() : all.get(0).revision() - 1;
        if (from < oldest || from > to || to > changes.revision()) {
            throw Refusal.invalid(
                    "from, to",
                    from + ", " + to,
                    "from %d to %d, from <= to".formatted(oldest, changes.revision()),
                    "ask within what the change stream keeps");
        }
        Map<String, Instance> known = new TreeMap<>();
        Map<String, InstanceChange> first = new TreeMap<>();
        Map<String, InstanceChange> last = new TreeMap<>();
        for (InstanceChange change : all) {
            if (change.revision() > to) {
                break;
            }
            if (change.revision() > from) {
                first.putIfAbsent(change.id(), change);
                last.put(change.id(), change);
            } else if (change.instance() == null) {
                known.remove(change.id());
            } else {
                known.put(change.id(), change.instance());
            }
        }
        List<Difference> differences = new ArrayList<>();
        last.forEach((id, change) -> {
            Instance before = known.get(id);
            Instance after = change.instance();
            InstanceChange firstChange = first.get(id);
            boolean was =
                    before != null || (firstChange != null && firstChange.type() != InstanceChange.Type.REGISTERED);
            if (was || after != null) {
                String what = after == null ? "removed" : was ? "changed" : "added";
                if (!(before != null && before.equals(after))) {
                    differences.add(new Difference(id, what, change.reason(), before, after));
                }
            }
        });
        return new ServiceDiff(changes.service(), changes.epoch(), from, to, differences);
    }
}
