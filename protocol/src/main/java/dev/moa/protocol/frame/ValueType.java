package dev.moa.protocol.frame;

/** What the value of a header entry is. */
enum ValueType {
    /** 8 bytes, signed. */
    INT(1),
    /** UTF-8. */
    TEXT(2),
    BYTES(3),
    /** One byte with the length of the name, the name, the value; both UTF-8. */
    PAIR(4);

    private final int number;

    ValueType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
