package dev.moa.sdk;

/**
 * What a caller may say of one generic call.
 *
 * @param idempotent whether calling twice does what calling once does, so that a call whose instance broke may be
 *     tried again on another (false)
 * @param explained whether {@code why} of the response is to say which instances were weighed and how (false); a
 *     request whose {@code ctx.tags} have {@value #WHY_TAG} is explained too
 */
public record CallOptions(boolean idempotent, boolean explained) {

    /** The tag of a request that is to be explained by the first client that makes a choice for it. */
    public static final String WHY_TAG = "moa-why";

    /** A call that is tried again only where nothing was sent. */
    public static final CallOptions DEFAULT = new CallOptions(false);

    /** A call that may be tried again. */
    public static final CallOptions IDEMPOTENT = new CallOptions(true);

    /** A call that is not explained. */
    public CallOptions(boolean idempotent) {
        this(idempotent, false);
    }

    /** Returns the same options for a call that is to be explained. */
    public CallOptions withExplanation() {
        return new CallOptions(idempotent, true);
    }
}
