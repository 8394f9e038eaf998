package dev.moa.router.nameserver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Encodes single records (RFC 1035 section 3.2, RFC 2782). The owner of most is the name in the question. */
final class RecordWriter {

    static final int TYPE_A = 1;
    static final int TYPE_NS = 2;
    static final int TYPE_SOA = 6;
    static final int TYPE_HINFO = 13;
    static final int TYPE_TXT = 16;
    static final int TYPE_AAAA = 28;
    static final int TYPE_SRV = 33;
    static final int TYPE_ANY = 255;

    /** A pointer to the name in the question, which always stands behind the header. */
    static final byte[] ASKED = {(byte) 0xc0, Query.HEADER_BYTES};

    private static final int CLASS_IN = 1;
    private static final int MAX_TEXT_BYTES = 255;

    private final int ttlSeconds;

    RecordWriter(int ttlSeconds) {
        this.ttlSeconds = ttlSeconds;
    }

    /** Returns one record. */
    byte[] record(byte[] owner, int type, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(owner.length + 10 + data.length);
        out.writeBytes(owner);
        number(out, type, 2);
        number(out, CLASS_IN, 2);
        number(out, ttlSeconds, 4);
        number(out, data.length, 2);
        out.writeBytes(data);
        return out.toByteArray();
    }

    /** Returns the address record, A or AAAA by its length. */
    byte[] address(byte[] owner, byte[] address) {
        return record(owner, address.length == 4 ? TYPE_A : TYPE_AAAA, address);
    }

    byte[] srv(int weight, int port, byte[] target) {
        ByteArrayOutputStream data = new ByteArrayOutputStream(6 + target.length);
        number(data, 1, 2);
        number(data, weight, 2);
        number(data, port, 2);
        // spelt out: RFC 2782 allows no compression here
        data.writeBytes(target);
        return record(ASKED, TYPE_SRV, data.toByteArray());
    }

    byte[] txt(List<String> texts) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        texts.forEach(text -> text(data, text));
        return record(ASKED, TYPE_TXT, data.toByteArray());
    }

    byte[] hinfo(String about) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        text(data, about);
        text(data, "");
        return record(ASKED, TYPE_HINFO, data.toByteArray());
    }

    byte[] soa(byte[] apex, long serial) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(name("ns", apex));
        data.writeBytes(name("hostmaster", apex));
        number(data, serial, 4);
        // nobody transfers the zone: refresh, retry and expire only have to be there
        number(data, 3_600, 4);
        number(data, 600, 4);
        number(data, 86_400, 4);
        number(data, ttlSeconds, 4);
        return record(apex, TYPE_SOA, data.toByteArray());
    }

    /** Returns the name of one label in front of another name. */
    static byte[] name(String label, byte[] parent) {
        byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream out = new ByteArrayOutputStream(1 + bytes.length + parent.length);
        out.write(bytes.length);
        out.writeBytes(bytes);
        out.writeBytes(parent);
        return out.toByteArray();
    }

    /** Returns a dotted name, with or without the last dot. */
    static byte[] name(String dotted) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(dotted.length() + 2);
        for (String label : dotted.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.US_ASCII);
            if (bytes.length > 0) {
                out.write(bytes.length);
                out.writeBytes(bytes);
            }
        }
        out.write(0);
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_TEXT_BYTES);
        out.write(length);
        out.write(bytes, 0, length);
    }

    private static void number(ByteArrayOutputStream out, long number, int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            out.write((int) (number >> shift));
        }
    }
}
