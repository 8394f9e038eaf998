package dev.moa.sdk.registry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** What the registry answers to renewals, by whichever face: {@code renewed}, {@code unknown} and {@code stale}. */
final class RenewalAnswer {
    private static final Logger log = LoggerFactory.getLogger(RenewalAnswer.class);

    private RenewalAnswer() {}

    /** Takes the answer for the registrations whose leases were sent. */
    static void take(JsonNode answer, List<Registration> leases) {
        Set<String> unknown = ids(answer.path("unknown"));
        Set<String> stale = ids(answer.path("stale"));
        for (Registration each : leases) {
            if (stale.contains(each.id())) {
                each.taken();
            } else if (unknown.contains(each.id())) {
                log.info(
                        "{} is not known to the registry any more, it is registered again",
                        each.spec().service());
                each.lost("forgotten by the registry");
            } else {
                each.renewed();
            }
        }
    }

    private static Set<String> ids(JsonNode list) {
        Set<String> ids = new HashSet<>();
        list.forEach(each -> ids.add(each.isObject() ? each.path("id").asString("") : each.asString("")));
        return ids;
    }
}
