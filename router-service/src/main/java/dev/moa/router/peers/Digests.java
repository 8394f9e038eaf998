package dev.moa.router.peers;

import dev.moa.protocol.ServiceName;
import dev.moa.router.address.Instance;
import dev.moa.router.address.ServiceView;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What this router would answer now for each service it knows, as digests, so that two routers can be compared
 * without telling each other everything.
 */
public final class Digests {
    private final Lookup lookup;
    private final Catalog catalog;
    private final String router = UUID.randomUUID().toString().substring(0, 8);

    public Digests(Lookup lookup, Catalog catalog) {
        this.lookup = lookup;
        this.catalog = catalog;
    }

    /**
     * A service's digest; the registry's {@code GET /v1/digests} makes the same.
     *
     * @param digest the first 16 hex digits of the SHA-256 of one line {@code id incarnation status weight} for each
     *     instance, sorted by id, each line ended by a line feed
     */
    public record Digest(String service, String epoch, long revision, int instances, String digest) {

        /** Returns it in words for people. */
        String words() {
            return "revision %d of %s, %d instances, %s".formatted(revision, epoch, instances, digest);
        }

        private int bytes() {
            return 64 + epoch.length() + digest.length();
        }
    }

    /** Returns the name of this process among the routers: made at its start. */
    public String router() {
        return router;
    }

    /** Returns the digest of the service's answer; null where no source in memory answers. */
    public @Nullable Digest of(ServiceName service) {
        LookupAnswer.Found found = lookup.peek(service);
        return found == null ? null : found.view().derived(Digest.class, Digest.class, Digests::digest, Digest::bytes);
    }

    /** Returns the digests of all services, by name. */
    public TreeMap<String, Digest> all() {
        TreeMap<String, Digest> all = new TreeMap<>();
        for (ServiceName service : catalog.services()) {
            Digest digest = of(service);
            // a service that nobody offers any more: a router that never saw it knows the same
            if (digest != null && digest.instances() > 0) {
                all.put(service.value(), digest);
            }
        }
        return all;
    }

    /** Returns one digest for all of them. */
    public static String total(Collection<Digest> digests) {
        MessageDigest sha = sha256();
        digests.forEach(each ->
                sha.update((each.service() + " " + each.epoch() + " " + each.revision() + " " + each.digest() + "\n")
                        .getBytes(StandardCharsets.UTF_8)));
        return hex(sha);
    }

    private static Digest digest(ServiceView view) {
        MessageDigest sha = sha256();
        for (Instance each : view.instances()) {
            String line = each.id() + " " + each.incarnation() + " " + each.status() + " " + each.weight() + "\n";
            sha.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return new Digest(
                view.service().value(),
                view.state().epoch(),
                view.state().revision(),
                view.instances().size(),
                hex(sha));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static String hex(MessageDigest sha) {
        return HexFormat.of().formatHex(sha.digest(), 0, 8);
    }
}
