package dev.moa.router.operator;

import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who says something at run time, and why.
 *
 * @param name of the person or the token
 * @param reason in words for people; empty where none is given
 */
public record Author(String name, String reason) {
    private static final Pattern REASON = Pattern.compile("[^\\p{Cntrl}]{0,200}");

    /** @throws IllegalArgumentException if the reason is not one line of at most 200 characters */
    public Author {
        if (!REASON.matcher(reason).matches()) {
            throw new IllegalArgumentException(
                    "reason: %d characters (expected: one line of at most 200)".formatted(reason.length()));
        }
    }

    /** Returns the word with who said it, why and when. */
    public String sign(ObjectNode word, long atMs) {
        return word.put("by", name).put("reason", reason).put("atMs", atMs).toString();
    }
}
