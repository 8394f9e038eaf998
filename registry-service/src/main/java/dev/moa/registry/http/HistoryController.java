package dev.moa.registry.http;

import dev.moa.protocol.ServiceName;
import dev.moa.registry.Refusal;
import dev.moa.registry.catalog.Instance;
import dev.moa.registry.catalog.RedisCatalog;
import dev.moa.registry.catalog.RegistrationRules;
import dev.moa.registry.catalog.ServiceSnapshot;
import io.swagger.v3.oas.annotations.Operation;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was, and whether two know the same. */
@RestController
class HistoryController {
    private static final int WHOLE_STREAM = 5_000;
    private static final int MAX_DIGESTS = 500;

    private final RedisCatalog catalog;

    HistoryController(RedisCatalog catalog) {
        this.catalog = catalog;
    }

    /**
     * A service's digest.
     *
     * @param digest the first 16 hex digits of the SHA-256 of one line {@code id incarnation status weight} for each
     *     instance, sorted by id, each line ended by a line feed
     */
    record Digest(String service, String epoch, long revision, int instances, String digest) {}

    /** Digests in the order asked for. */
    record Digests(List<Digest> digests) {}

    @Operation(
            summary = "Returns what differs in a service between two revisions",
            description = "Within what the change stream keeps, about the last 1,000 changes. to: absent for now.")
    @GetMapping("/v1/diff")
    ServiceDiff diff(
            @RequestParam String service, @RequestParam long from, @RequestParam(required = false) @Nullable Long to) {
        var changes = catalog.changes(RegistrationRules.serviceName(service), 0, WHOLE_STREAM);
        return ServiceDiff.of(changes, from, to == null ? changes.revision() : to);
    }

    @Operation(
            summary = "Returns a digest of each of some services, to compare with what somebody else knows",
            description = "SHA-256, the first 16 hex digits, of a line \"id incarnation status weight\" for each"
                    + " instance, sorted by id, each ended by a line feed.")
    @GetMapping("/v1/digests")
    Digests digests(@RequestParam List<String> service) {
        if (service.size() > MAX_DIGESTS) {
            throw Refusal.invalid("service", service.size(), "at most " + MAX_DIGESTS, "ask in more than one request");
        }
        List<Digest> digests = new ArrayList<>();
        for (String each : service) {
            ServiceName name = RegistrationRules.serviceName(each);
            ServiceSnapshot snapshot = catalog.snapshot(name);
            digests.add(new Digest(
                    each,
                    snapshot.epoch(),
                    snapshot.revision(),
                    snapshot.instances().size(),
                    digest(snapshot)));
        }
        return new Digests(digests);
    }

    private static String digest(ServiceSnapshot snapshot) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (Instance each : snapshot.instances()) {
                String line = each.id() + " " + each.incarnation() + " " + each.status() + " " + each.weight() + "\n";
                sha.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
