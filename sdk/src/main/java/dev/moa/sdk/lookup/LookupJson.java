package dev.moa.sdk.lookup;

import dev.moa.protocol.Payload;
import dev.moa.sdk.codec.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;

/** Lookup answers as JSON, the same over moa frames, RESP and {@code GET /v1/lookup}. Keeps no state. */
public final class LookupJson {

    private static final ObjectReader READER = Json.MAPPER.readerFor(ServiceAnswer.class);
    private static final ObjectWriter WRITER = Json.MAPPER.writerFor(ServiceAnswer.class);

    private LookupJson() {}

    /** Returns the answer as UTF-8. */
    public static byte[] write(ServiceAnswer answer) {
        return WRITER.writeValueAsBytes(answer);
    }

    /**
     * Reads an answer; fields that it does not know are passed over.
     *
     * @throws JacksonException if it is not one
     */
    public static ServiceAnswer read(Payload json) {
        return READER.readValue(json.array(), json.offset(), json.length());
    }
}
