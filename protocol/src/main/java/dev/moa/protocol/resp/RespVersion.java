package dev.moa.protocol.resp;

/** Which RESP a connection speaks: 2 until HELLO says otherwise. */
public enum RespVersion {
    RESP2(2),
    RESP3(3);

    private final int number;

    RespVersion(int number) {
        this.number = number;
    }

    /** Returns the number as HELLO has it. */
    public int number() {
        return number;
    }
}
