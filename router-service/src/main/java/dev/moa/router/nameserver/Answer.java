package dev.moa.router.nameserver;

import io.netty.buffer.ByteBuf;

/**
 * What is said to a {@link Query}.
 *
 * @param rcode how it ended
 * @param isAuthoritative whether the name is one of ours
 * @param records what was asked for
 * @param authority who says that there is nothing, and for how long (SOA)
 * @param extra addresses of the names in {@code records}; left out where they do not fit, which truncates nothing
 */
record Answer(Rcode rcode, boolean isAuthoritative, RecordSet records, RecordSet authority, RecordSet extra) {

    private static final int FLAGS_KEPT = 0x7910; // opcode, RD and CD, as the question had them
    private static final int FLAG_RESPONSE = 0x8000;
    private static final int FLAG_AUTHORITATIVE = 0x0400;
    private static final int FLAG_TRUNCATED = 0x0200;
    private static final int OPT_BYTES = 11;
    private static final int TYPE_OPT = 41;

    static Answer of(RecordSet records, RecordSet extra) {
        return new Answer(Rcode.NOERROR, true, records, RecordSet.NONE, extra);
    }

    static Answer failure(Rcode rcode) {
        return new Answer(rcode, false, RecordSet.NONE, RecordSet.NONE, RecordSet.NONE);
    }

    /** Nothing but the word to come again by TCP. */
    static void writeTruncated(Query query, ByteBuf out) {
        out.writeShort(query.id());
        out.writeShort(FLAG_RESPONSE | FLAG_TRUNCATED | query.flags() & FLAGS_KEPT);
        out.writeShort(query.question().length == 0 ? 0 : 1);
        out.writeZero(6);
        out.writeBytes(query.question());
    }

    /**
     * Writes the whole message, at most {@code maxBytes}; what was asked for and does not fit sets the TC bit.
     *
     * @param turn where the records start, modulo their number: who takes only the first is spread over all
     * @return whether everything fitted
     */
    boolean write(Query query, ByteBuf out, int maxBytes, int turn) {
        int start = out.writerIndex();
        int optBytes = query.hasEdns() ? OPT_BYTES : 0;
        out.writeZero(Query.HEADER_BYTES);
        out.writeBytes(query.question());
        int left = maxBytes - (out.writerIndex() - start) - optBytes;
        int answers = writeSome(records, out, turn, left);
        boolean fits = answers == records.size();
        left = maxBytes - (out.writerIndex() - start) - optBytes;
        int authorities = writeSome(authority, out, 0, left);
        fits &= authorities == authority.size();
        int extras = 0;
        if (fits) {
            left = maxBytes - (out.writerIndex() - start) - optBytes;
            extras = writeSome(extra, out, turn, left);
        }
        if (query.hasEdns()) {
            writeOpt(out);
            extras++;
        }
        int flags = FLAG_RESPONSE | query.flags() & FLAGS_KEPT | rcode.number() & 0xf;
        flags |= isAuthoritative ? FLAG_AUTHORITATIVE : 0;
        flags |= fits ? 0 : FLAG_TRUNCATED;
        out.setShort(start, query.id());
        out.setShort(start + 2, flags);
        out.setShort(start + 4, query.question().length == 0 ? 0 : 1);
        out.setShort(start + 6, answers);
        out.setShort(start + 8, authorities);
        out.setShort(start + 10, extras);
        return fits;
    }

    private static int writeSome(RecordSet records, ByteBuf out, int turn, int maxBytes) {
        return records.size() == 0 ? 0 : records.write(out, Integer.remainderUnsigned(turn, records.size()), maxBytes);
    }

    private void writeOpt(ByteBuf out) {
        out.writeByte(0);
        out.writeShort(TYPE_OPT);
        out.writeShort(Query.MAX_UDP_BYTES);
        out.writeByte(rcode.number() >> 4);
        out.writeZero(5);
    }
}
