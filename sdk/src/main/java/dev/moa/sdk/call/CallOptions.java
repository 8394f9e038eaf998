package dev.moa.sdk.call;

/**
 * What a caller may say of one generic call.
 *
 * @param idempotent whether calling twice does what calling once does, so that a call whose instance broke may be
 *     tried again on another (false)
 * @param explained whether {@code why} of the response is to say which instances were weighed and how (false); a
 *     request whose {@code ctx.tags} have {@value #WHY_TAG} is explained too
 * @param oneway whether no answer is wanted, not even a failure's: the call ends OK with null once it is on its way to
 *     an instance (false)
 */
public record CallOptions(boolean idempotent, boolean explained, boolean oneway) {

    /** The tag of a request that is to be explained by the first client that makes a choice for it. */
    public static final String WHY_TAG = "moa-why";

    /** A call that is tried again only where nothing was sent. */
    public static final CallOptions DEFAULT = new CallOptions(false, false, false);

    /** A call that may be tried again. */
    public static final CallOptions IDEMPOTENT = new CallOptions(true, false, false);

    /** A call that is not answered. */
    public static final CallOptions ONEWAY = new CallOptions(false, false, true);

    /** Returns the same options for a call that is to be explained. */
    public CallOptions withExplanation() {
        return new CallOptions(idempotent, true, oneway);
    }
}
