package dev.moa.sdk.codec;

import dev.moa.protocol.Payload;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.util.ByteArrayBuilder;

/** Arguments as a JSON array, each written as its parameter's type says. */
final class ArgumentWriter {

    private ArgumentWriter() {}

    static Payload write(List<ServiceParameter> parameters, @Nullable Object @Nullable [] arguments) {
        if (parameters.isEmpty() || arguments == null) {
            return Payload.NO_ARGUMENTS;
        }
        ByteArrayBuilder out = new ByteArrayBuilder(128);
        try (JsonGenerator generator = Json.MAPPER.createGenerator(out)) {
            generator.writeStartArray();
            for (int i = 0; i < parameters.size(); i++) {
                Object argument = arguments[i];
                if (argument == null) {
                    generator.writeNull();
                } else if (argument instanceof String text) {
                    generator.writeString(text);
                } else {
                    parameters.get(i).writer().writeValue(generator, argument);
                }
            }
            generator.writeEndArray();
        }
        return Payload.json(out.toByteArray());
    }
}
