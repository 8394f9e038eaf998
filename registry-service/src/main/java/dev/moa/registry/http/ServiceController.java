package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceIndex;
import dev.moa.registry.catalog.ServiceSummary;
import io.swagger.v3.oas.annotations.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The services that have ever been registered. */
@RestController
class ServiceController {
    private static final int MAX_PAGE = 1_000;

    private final RedisCatalog catalog;
    private final ServiceIndex index;

    ServiceController(RedisCatalog catalog, ServiceIndex index) {
        this.catalog = catalog;
        this.index = index;
    }

    /** @param next the cursor of the next page; null on the last */
    record ServicePage(
            List<ServiceSummary> services, @Nullable String next) {}

    @Operation(summary = "Lists services in order of their names, each with its instances by status")
    @GetMapping("/v1/services")
    ServicePage services(
            @RequestParam(required = false) @Nullable String cursor, @RequestParam(defaultValue = "100") String limit) {
        int size = size(limit);
        NavigableSet<ServiceName> names = index.names();
        Iterator<ServiceName> rest =
                (cursor == null || cursor.isEmpty() ? names : names.tailSet(last(cursor), false)).iterator();
        List<ServiceSummary> page = new ArrayList<>();
        while (rest.hasNext() && page.size() < size) {
            page.add(catalog.summary(rest.next()));
        }
        String next = rest.hasNext() ? cursor(page.get(page.size() - 1).service()) : null;
        return new ServicePage(page, next);
    }

    private static int size(String limit) {
        try {
            int size = Integer.parseInt(limit);
            if (size >= 1 && size <= MAX_PAGE) {
                return size;
            }
        } catch (NumberFormatException notANumber) {
            // refused below
        }
        throw Refusal.invalid(
                "limit", limit, "a whole number from 1 to " + MAX_PAGE, "ask for less and follow the cursor in next");
    }

    // a cursor is the last name of the page before it
    private static String cursor(String service) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(service.getBytes(StandardCharsets.UTF_8));
    }

    private static ServiceName last(String cursor) {
        try {
            return RegistrationRules.serviceName(
                    new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | Refusal notACursor) {
            throw Refusal.invalid("cursor", cursor, "the next of an earlier page", "leave it out for the first page");
        }
    }
}
