package dev.moa.router.http;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.router.address.LookupFilter;
import dev.moa.router.address.Stamp;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.LookupAnswer;
import dev.moa.router.watch.Watches;
import io.swagger.v3.oas.annotations.Operation;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /v1/lookup}: a name in, addresses out; as a long poll with {@code waitMs}. */
@RestController
@RequestMapping(path = "/v1/lookup", produces = MediaType.APPLICATION_JSON_VALUE)
class LookupController {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Lookup lookup;
    private final Watches watches;

    LookupController(Lookup lookup, Watches watches) {
        this.lookup = lookup;
        this.watches = watches;
    }

    @Operation(
            summary = "Looks a service up: which instances can be called, from which source, at which revision and age",
            description =
                    "zone, version, tag=name:value, more than once for all of them, and lane=blue|base (those of the first"
                            + " lane that has any; base: without a lane; *: all); all=true lists also those"
                            + " that cannot be called. An ETag and 304; with waitMs a long poll.")
    @GetMapping(params = "!waitMs")
    ResponseEntity<byte[]> lookup(
            @RequestParam String service,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(required = false) @Nullable String version,
            @RequestParam(required = false) @Nullable List<String> tag,
            @RequestParam(required = false) @Nullable String lane,
            @RequestParam(defaultValue = "false") boolean all,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String ifNoneMatch) {
        ServiceName name = ServiceName.of(service);
        LookupFilter filter = Filters.of(zone, version, tag, lane, all);
        return reply(find(name), filter, ifNoneMatch);
    }

    /** Waits until there is news for a client that has {@code revision} of {@code epoch} (or the ETag it sends). */
    @GetMapping(params = "waitMs")
    CompletableFuture<ResponseEntity<byte[]>> await(
            @RequestParam String service,
            @RequestParam(defaultValue = "0") long waitMs,
            @RequestParam(required = false) @Nullable Long revision,
            @RequestParam(required = false) @Nullable String epoch,
            @RequestParam(required = false) @Nullable String zone,
            @RequestParam(required = false) @Nullable String version,
            @RequestParam(required = false) @Nullable List<String> tag,
            @RequestParam(required = false) @Nullable String lane,
            @RequestParam(defaultValue = "false") boolean all,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String ifNoneMatch,
            HttpServletRequest request) {
        ServiceName name = ServiceName.of(service);
        LookupFilter filter = Filters.of(zone, version, tag, lane, all);
        if (waitMs < 0) {
            throw new IllegalArgumentException("waitMs: %d (expected: >= 0)".formatted(waitMs));
        }
        LookupAnswer.Found now = find(name);
        Stamp theirs = theirs(now, revision, epoch, ifNoneMatch);
        if (theirs == null || now.stamp().isNewsFor(theirs)) {
            return CompletableFuture.completedFuture(reply(now, filter, null));
        }
        return watches.watch(
                        request.getRemoteAddr(), Watches.token(name, theirs), Set.of(name), Duration.ofMillis(waitMs))
                .thenApply(answer -> answer.answers().isEmpty()
                        ? unchanged(now, theirs, filter, ifNoneMatch)
                        : reply(answer.answers().get(0), filter, null));
    }

    /** The end of a poll without news: weights by age may have grown meanwhile, and its ETag then names another body. */
    private ResponseEntity<byte[]> unchanged(
            LookupAnswer.Found before, Stamp theirs, LookupFilter filter, @Nullable String ifNoneMatch) {
        LookupAnswer.Found now = lookup.peek(before.view().service());
        // who knows more than this router is not sent back; who named a revision may have an answer before this mark
        return (ifNoneMatch == null && theirs.variant().isEmpty())
                        || now == null
                        || !now.stamp().equals(theirs)
                ? notModified(before, filter)
                : reply(now, filter, ifNoneMatch);
    }

    private static @Nullable Stamp theirs(
            LookupAnswer.Found now, @Nullable Long revision, @Nullable String epoch, @Nullable String ifNoneMatch) {
        if (revision != null) {
            Stamp at = now.stamp();
            boolean isThere = revision == at.revision() && (epoch == null || epoch.equals(at.epoch()));
            // a revision does not tell answers with a mark apart: who names theirs waits for what comes after this one
            return isThere ? at : new Stamp(epoch == null ? at.epoch() : epoch, revision, "");
        }
        if (ifNoneMatch == null) {
            return null;
        }
        String tag = ifNoneMatch.strip().replaceFirst("^W/", "").replace("\"", "");
        int bar = tag.indexOf('|');
        return Stamp.parse(bar < 0 ? tag : tag.substring(0, bar));
    }

    private LookupAnswer.Found find(ServiceName service) {
        LookupAnswer.Found now = lookup.findNow(service);
        if (now != null) {
            return now;
        }
        LookupAnswer answer = lookup.find(service, Deadline.after(TIMEOUT));
        if (answer instanceof LookupAnswer.Found found) {
            return found;
        }
        if (answer instanceof LookupAnswer.Undecided undecided) {
            throw new MoaException(StatusCode.UNAVAILABLE, undecided.message());
        }
        throw new MoaException(StatusCode.NOT_FOUND, ((LookupAnswer.Unknown) answer).message());
    }

    private static ResponseEntity<byte[]> reply(
            LookupAnswer.Found answer, LookupFilter filter, @Nullable String ifNoneMatch) {
        String etag = etag(answer, filter);
        if (ifNoneMatch != null && ifNoneMatch.contains(etag)) {
            return notModified(answer, filter);
        }
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noCache())
                .eTag(etag)
                .body(answer.json(filter, System.currentTimeMillis()));
    }

    private static ResponseEntity<byte[]> notModified(LookupAnswer.Found answer, LookupFilter filter) {
        return ResponseEntity.status(304).eTag(etag(answer, filter)).build();
    }

    private static String etag(LookupAnswer.Found answer, LookupFilter filter) {
        String variant = filter.equals(LookupFilter.CALLABLE) ? "" : "|" + Integer.toHexString(filter.hashCode());
        long nowMs = System.currentTimeMillis();
        // weights by age are no news that a poll waits for, but whoever asks gets them
        String second = answer.view().isYoung(nowMs) ? "|w" + nowMs / 1_000 : "";
        return "\"" + answer.stamp() + variant + second + "\"";
    }
}
