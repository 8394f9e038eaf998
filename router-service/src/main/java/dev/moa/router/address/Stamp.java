package dev.moa.router.address;

import org.jspecify.annotations.Nullable;

/**
 * Which answer a client has: what a resume token keeps for each service and what an ETag is made of.
 *
 * @param epoch of the store that the answer came from
 * @param revision of the service in that store
 * @param variant empty for what the store says at that revision; else a mark of the contents, for answers
 *     that are not (only) a revision of a store: pinned ones, ones with held instances
 */
public record Stamp(String epoch, long revision, String variant) {

    /** Reads what {@link #toString()} wrote; null if it is not that. */
    public static @Nullable Stamp parse(String text) {
        int second = text.lastIndexOf(':');
        int first = second < 1 ? -1 : text.lastIndexOf(':', second - 1);
        if (first < 0) {
            return null;
        }
        try {
            long revision = Long.parseLong(text.substring(first + 1, second));
            return new Stamp(text.substring(0, first), revision, text.substring(second + 1));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /**
     * Returns whether a client that has the answer {@code theirs} should get this one. A client may come from
     * a router that knows more: it is not sent back to an earlier revision of the same store.
     */
    public boolean isNewsFor(Stamp theirs) {
        if (epoch.equals(theirs.epoch) && variant.isEmpty() && theirs.variant.isEmpty()) {
            return revision > theirs.revision;
        }
        return !equals(theirs);
    }

    @Override
    public String toString() {
        return epoch + ":" + revision + ":" + variant;
    }
}
