package dev.moa.router.nameserver;

import dev.moa.router.memo.Memo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One question as it came (RFC 1035 section 4.1, RFC 6891). The question's bytes are kept: they are sent back as they
 * are, for resolvers mix upper and lower case to tell forged answers from true ones.
 *
 * @param id the sender's number for it
 * @param flags the second word of the header
 * @param problem why it cannot be answered; {@link Rcode#NOERROR} if it can
 * @param labels the name, in lower case, without the root; empty also if there is a problem
 * @param question name, type and class as they came; empty if they could not be read
 * @param type the record type asked for
 * @param qclass the class asked for
 * @param hasEdns whether the sender speaks EDNS, and so is sent it
 * @param maxUdpBytes the largest answer that it takes over UDP
 */
record Query(
        int id,
        int flags,
        Rcode problem,
        List<String> labels,
        byte[] question,
        int type,
        int qclass,
        boolean hasEdns,
        int maxUdpBytes) {

    static final int HEADER_BYTES = 12;

    private static final int MIN_UDP_BYTES = 512;

    private static final Memo<Query> ASKED = new Memo<>(8_192);

    /** What passes every path unfragmented (the DNS flag day of 2020): nobody is sent a larger datagram. */
    static final int MAX_UDP_BYTES = 1_232;

    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_LABEL_BYTES = 63;
    private static final int MAX_RECORDS = 16;
    private static final int TYPE_OPT = 41;
    private static final int FLAG_RESPONSE = 0x8000;

    /** Reads a message; null if it is no question, so that it must not be answered: two servers would talk for ever. */
    static @Nullable Query parse(ByteBuf in) {
        int start = in.readerIndex();
        if (in.readableBytes() < HEADER_BYTES) {
            return null;
        }
        int id = in.getUnsignedShort(start);
        int flags = in.getUnsignedShort(start + 2);
        if ((flags & FLAG_RESPONSE) != 0) {
            return null;
        }
        if ((flags >> 11 & 0xf) != 0) {
            return failed(id, flags, Rcode.NOTIMP);
        }
        // what stands behind the flags is the same for all who ask the same in the same way
        byte[] rest = ByteBufUtil.getBytes(in, start + 4, in.readableBytes() - 4, true);
        Query known = ASKED.get(rest, 0, rest.length);
        if (known != null) {
            return known.of(id, flags);
        }
        try {
            Query query = readQuestion(in, start, id, flags);
            ASKED.put(rest, 0, rest.length, query);
            return query;
        } catch (IndexOutOfBoundsException e) {
            return failed(id, flags, Rcode.FORMERR);
        }
    }

    private static Query readQuestion(ByteBuf in, int start, int id, int flags) {
        if (in.getUnsignedShort(start + 4) != 1) {
            return failed(id, flags, Rcode.FORMERR);
        }
        ByteBuf body = in.slice(start, in.readableBytes());
        List<String> labels = new ArrayList<>(6);
        int at = HEADER_BYTES;
        while (true) {
            int length = body.getUnsignedByte(at++);
            if (length == 0) {
                break;
            }
            // nothing stands before the question that a pointer could point to
            if (length > MAX_LABEL_BYTES || at + length - HEADER_BYTES >= MAX_NAME_BYTES) {
                return failed(id, flags, Rcode.FORMERR);
            }
            labels.add(lowerCase(body, at, length));
            at += length;
        }
        int type = body.getUnsignedShort(at);
        int qclass = body.getUnsignedShort(at + 2);
        byte[] question = new byte[at + 4 - HEADER_BYTES];
        body.getBytes(HEADER_BYTES, question);
        return readExtension(
                body,
                at + 4,
                new Query(id, flags, Rcode.NOERROR, labels, question, type, qclass, false, MIN_UDP_BYTES));
    }

    private static Query readExtension(ByteBuf body, int from, Query query) {
        int records = body.getUnsignedShort(6) + body.getUnsignedShort(8) + body.getUnsignedShort(10);
        if (records > MAX_RECORDS) {
            return failed(query.id, query.flags, Rcode.FORMERR);
        }
        Query extended = query;
        int at = from;
        for (int i = 0; i < records; i++) {
            int nameAt = at;
            at = skipName(body, at);
            int type = body.getUnsignedShort(at);
            int length = body.getUnsignedShort(at + 8);
            if (type == TYPE_OPT) {
                // the owner of OPT is the root, and there is one of them
                if (extended.hasEdns || at != nameAt + 1) {
                    return failed(query.id, query.flags, Rcode.FORMERR);
                }
                extended = query.withEdns(body.getUnsignedShort(at + 2), body.getUnsignedByte(at + 5));
            }
            at += 10 + length;
            if (at > body.readableBytes()) {
                return failed(query.id, query.flags, Rcode.FORMERR);
            }
        }
        return extended;
    }

    private static int skipName(ByteBuf body, int from) {
        int at = from;
        while (true) {
            int length = body.getUnsignedByte(at++);
            if (length == 0) {
                return at;
            }
            if (length >= 0xc0) {
                return at + 1;
            }
            at += length;
        }
    }

    private Query withEdns(int wantedBytes, int version) {
        int max = Math.min(Math.max(wantedBytes, MIN_UDP_BYTES), MAX_UDP_BYTES);
        Rcode versionProblem = version == 0 ? problem : Rcode.BADVERS;
        return new Query(id, flags, versionProblem, labels, question, type, qclass, true, max);
    }

    private Query of(int newId, int newFlags) {
        return new Query(newId, newFlags, problem, labels, question, type, qclass, hasEdns, maxUdpBytes);
    }

    private static Query failed(int id, int flags, Rcode problem) {
        return new Query(id, flags, problem, List.of(), new byte[0], 0, 0, false, MIN_UDP_BYTES);
    }

    private static String lowerCase(ByteBuf body, int at, int length) {
        byte[] label = new byte[length];
        body.getBytes(at, label);
        for (int i = 0; i < length; i++) {
            if (label[i] >= 'A' && label[i] <= 'Z') {
                label[i] += 'a' - 'A';
            }
        }
        return new String(label, StandardCharsets.ISO_8859_1);
    }
}
