package dev.moa.protocol.frame;

/** The numbers and the longest values, in bytes, of the entries of header blocks. */
public enum HeaderKey {
    SERVICE(1, ValueType.TEXT, 128),
    METHOD(2, ValueType.TEXT, 64),
    ID(3, ValueType.TEXT, 1_024),
    TIMEOUT_MS(4, ValueType.INT, 8),
    TRACEPARENT(5, ValueType.TEXT, 1_024),
    PATH(6, ValueType.TEXT, 1_024),
    APP(7, ValueType.TEXT, 1_024),
    /** What the body is, {@link dev.moa.protocol.Payload.Format#contentType()}; absent means JSON. */
    CONTENT_TYPE(8, ValueType.INT, 8),
    /** May stand there up to 64 times. */
    TAG(9, ValueType.PAIR, 2_048),
    TASK(10, ValueType.BYTES, 16_384),
    /** The hash of the types that the sender derived from the service's interface. */
    TYPES(11, ValueType.INT, 8),
    CODE(16, ValueType.INT, 8),
    MESSAGE(17, ValueType.TEXT, 8_192),
    /** A JSON object that says which instance got the call and why; left out where it is longer. */
    WHY(18, ValueType.BYTES, 32_768),
    MIN_VERSION(32, ValueType.INT, 8),
    MAX_VERSION(33, ValueType.INT, 8),
    /** The version that both ends speak from now on, in the answer to HELLO. */
    VERSION(34, ValueType.INT, 8),
    TOKEN(35, ValueType.TEXT, 2_048),
    /** The longest body that the sender takes, in bytes. */
    MAX_BODY_BYTES(36, ValueType.INT, 8),
    /** How many requests in flight the sender takes. */
    MAX_IN_FLIGHT(37, ValueType.INT, 8),
    /** The sender is never silent for longer than three times this, or it is gone. */
    KEEP_ALIVE_MS(38, ValueType.INT, 8),
    /** From a port: how many bytes of bodies of requests in flight it takes. From a caller: of answers that wait for it. */
    MAX_IN_FLIGHT_BYTES(39, ValueType.INT, 8);

    private final int number;
    private final ValueType type;
    private final int maxBytes;

    HeaderKey(int number, ValueType type, int maxBytes) {
        this.number = number;
        this.type = type;
        this.maxBytes = maxBytes;
    }

    /** Returns the number on the wire. */
    public int number() {
        return number;
    }

    ValueType type() {
        return type;
    }

    int maxBytes() {
        return maxBytes;
    }
}
