package dev.moa.router.operator;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * One word of an operator, as it reached Redis.
 *
 * @param field what it is about
 * @param json what was said, with {@code atMs}, {@code by} and {@code reason}; in a long one each list is its length
 */
public record Said(String field, String json) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Characters of a word that is written down as it is: a thousand of them are kept, and read at once. */
    private static final int LONGEST = 4_096;

    /** Returns the word as it is written down. */
    static String inShort(String json) {
        if (json.length() <= LONGEST || !(MAPPER.readTree(json) instanceof ObjectNode word)) {
            return json;
        }
        for (String name : List.copyOf(word.propertyNames())) {
            if (word.path(name).isContainer()) {
                word.put(name, word.path(name).size());
            }
        }
        return word.toString();
    }
}
