package dev.moa.protocol.server;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The words of one RESP command, its name at 0. */
final class RespWords {

    /** Names, options and what an error quotes are cut here. */
    static final int MAX_NAME_LENGTH = 128;

    private final byte[][] words;

    RespWords(byte[]... words) {
        this.words = words;
    }

    /** Returns the command's name in capitals. */
    String name() {
        return option(0);
    }

    int size() {
        return words.length;
    }

    /** Returns how many words stand behind the name. */
    int arguments() {
        return words.length - 1;
    }

    byte[] bytes(int index) {
        return words[index];
    }

    String text(int index) {
        return new String(words[index], StandardCharsets.UTF_8);
    }

    /** Returns the word, or as many of its bytes. */
    String text(int index, int maxBytes) {
        byte[] bytes = words[index];
        return new String(bytes, 0, Math.min(bytes.length, maxBytes), StandardCharsets.UTF_8);
    }

    /** Returns a word that does not depend on case, in capitals; empty if there are not so many. */
    String option(int index) {
        return index < words.length ? text(index, MAX_NAME_LENGTH).toUpperCase(Locale.ROOT) : "";
    }

    /** Returns the name in capitals and the other words as they are. */
    List<String> texts() {
        List<String> texts = new ArrayList<>(words.length);
        texts.add(name());
        for (int i = 1; i < words.length; i++) {
            texts.add(text(i));
        }
        return texts;
    }

    /** Returns the bytes of all words. */
    long length() {
        long sum = 0;
        for (byte[] each : words) {
            sum += each.length;
        }
        return sum;
    }
}
