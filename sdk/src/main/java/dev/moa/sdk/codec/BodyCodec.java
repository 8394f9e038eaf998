package dev.moa.sdk.codec;

import dev.moa.protocol.Payload;

/**
 * A binary form of arguments and results between two Java peers that share a service's interface. JSON is always
 * there beside it, for everyone else and for peers whose types differ.
 *
 * <p>What it writes and reads are the types that the interface names, and no others. Neither end picks a codec for
 * the other: a caller uses one after the instance has shown the same hash of types, and an instance refuses what it
 * has not derived itself.
 */
public interface BodyCodec {

    /** Returns what it calls its bodies in moa frames. */
    Payload.Format format();

    /**
     * Derives the bodies of an interface.
     *
     * @throws OpenTypeException if the interface names a type whose values could be anything; then its calls go as
     *     JSON
     */
    ServiceBodies derive(ServiceInterface methods);
}
