package dev.moa.sdk;

/**
 * What a caller may say of one generic call.
 *
 * @param idempotent whether calling twice does what calling once does, so that a call whose instance broke may be
 *     tried again on another (false)
 */
public record CallOptions(boolean idempotent) {

    /** A call that is tried again only where nothing was sent. */
    public static final CallOptions DEFAULT = new CallOptions(false);

    /** A call that may be tried again. */
    public static final CallOptions IDEMPOTENT = new CallOptions(true);
}
