package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/services}: every service that this router can answer for, by name. */
@RestController
class ServicesController {
    private static final int MAX_LIMIT = 1_000;
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Lookup lookup;
    private final Catalog catalog;

    ServicesController(Lookup lookup, Catalog catalog) {
        this.lookup = lookup;
        this.catalog = catalog;
    }

    record Service(
            String service,
            String source,
            String epoch,
            long revision,
            long ageMs,
            long instances,
            long callable,
            long held) {}

    /** @param next the cursor of the next page; null on the last */
    record Page(List<Service> services, @Nullable String next) {}

    @Operation(summary = "Lists the services that this router answers for, by name")
    @GetMapping("/v1/services")
    Page services(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new IllegalArgumentException("limit: %d (expected: 1 to %d)".formatted(limit, MAX_LIMIT));
        }
        List<Service> page = new ArrayList<>();
        Deadline deadline = Deadline.after(TIMEOUT);
        for (ServiceName name : catalog.services()) {
            if (cursor != null && name.value().compareTo(cursor) <= 0) {
                continue;
            }
            if (page.size() == limit) {
                return new Page(page, page.get(limit - 1).service());
            }
            LookupAnswer.Found now = lookup.findNow(name);
            LookupAnswer answer = now == null ? lookup.find(name, deadline) : now;
            if (answer instanceof LookupAnswer.Found found) {
                page.add(describe(found));
            }
        }
        return new Page(page, null);
    }

    private static Service describe(LookupAnswer.Found found) {
        return new Service(
                found.view().service().value(),
                found.source(),
                found.view().state().epoch(),
                found.view().state().revision(),
                found.ageMs(),
                found.view().instances().size(),
                found.view().count(LookupFilter.CALLABLE),
                found.view().instances().stream().filter(Instance::held).count());
    }
}
