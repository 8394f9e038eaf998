package dev.moa.sdk.codec;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import org.jspecify.annotations.Nullable;

/** The binary bodies of one interface's calls. Safe for many threads. */
public interface ServiceBodies {

    /** Returns what the bodies are. */
    Payload.Format format();

    /** Returns the hash of the types, never 0: two ends with the same one understand each other's bodies. */
    long types();

    /** Returns the names of the classes that bodies can hold, for the log. */
    String describe();

    /**
     * Encodes arguments by position, beside {@link #types()}.
     *
     * @throws OutsideTypeException if a value is of a class that the interface does not name
     */
    Payload writeArguments(ServiceMethod method, @Nullable Object @Nullable [] arguments);

    /**
     * Decodes arguments.
     *
     * @throws MoaException INVALID_ARGUMENT if the bytes are not arguments of the method
     */
    @Nullable
    Object[] readArguments(ServiceMethod method, Payload body);

    /**
     * Encodes a result.
     *
     * @throws OutsideTypeException if a value is of a class that the interface does not name
     */
    Payload writeResult(ServiceMethod method, @Nullable Object value);

    /**
     * Decodes a result.
     *
     * @throws MoaException INTERNAL if the bytes are not a result of the method
     */
    @Nullable
    Object readResult(ServiceMethod method, Payload body);
}
