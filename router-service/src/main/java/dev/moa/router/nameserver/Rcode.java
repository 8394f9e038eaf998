package dev.moa.router.nameserver;

/** How a question ended (RFC 1035, RFC 6891). */
enum Rcode {
    NOERROR(0),
    FORMERR(1),
    SERVFAIL(2),
    NXDOMAIN(3),
    NOTIMP(4),
    REFUSED(5),
    BADVERS(16);

    private final int number;

    Rcode(int number) {
        this.number = number;
    }

    /** Returns the number; what is above 15 has its upper bits in the OPT record. */
    int number() {
        return number;
    }
}
