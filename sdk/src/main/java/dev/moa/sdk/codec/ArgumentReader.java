package dev.moa.sdk.codec;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * Decodes the arguments of one method: a JSON array by position, an object by name. What is wrong is said so that
 * the caller can mend it: which parameter, which value, what was expected.
 */
final class ArgumentReader {

    private static final Object MISSING = new Object();
    private static final int MAX_SHOWN = 80;

    private final String signature;
    private final List<ServiceParameter> parameters;
    private final Scalars.@Nullable Arguments scalars;

    ArgumentReader(String signature, List<ServiceParameter> parameters) {
        this.signature = signature;
        this.parameters = parameters;
        this.scalars = Scalars.Arguments.of(parameters);
    }

    @Nullable
    Object[] read(Payload args) {
        @Nullable Object[] plain = scalars == null ? null : scalars.read(args);
        return plain == null ? readAny(args) : plain;
    }

    private @Nullable Object[] readAny(Payload args) {
        @Nullable Object[] values = new Object[parameters.size()];
        if (values.length == 0 && args.length() == 2) {
            return values;
        }
        try (JsonParser in = Json.MAPPER.createParser(args.array(), args.offset(), args.length())) {
            JsonToken first = in.nextToken();
            if (first == JsonToken.START_ARRAY) {
                readByPosition(in, args, values);
            } else if (first == JsonToken.START_OBJECT) {
                readByName(in, args, values);
            } else {
                throw invalid("args: %s (expected: an array by position or an object by name)"
                        .formatted(shorten(args.text())));
            }
        } catch (MoaException e) {
            throw e;
        } catch (JacksonException e) {
            throw invalid("args: not JSON within the limits: %s".formatted(e.getOriginalMessage()));
        }
        return values;
    }

    private void readByPosition(JsonParser in, Payload args, @Nullable Object[] values) {
        int given = 0;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (given == values.length) {
                throw wrongCount(count(args));
            }
            values[given] = readValue(in, args, given);
            given++;
        }
        for (int i = given; i < values.length; i++) {
            if (!parameters.get(i).optional()) {
                throw wrongCount(given);
            }
            values[i] = parameters.get(i).absent();
        }
    }

    private void readByName(JsonParser in, Payload args, @Nullable Object[] values) {
        Arrays.fill(values, MISSING);
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            int index = indexOf(name);
            if (index < 0) {
                throw invalid("args: no parameter is named '%s' (expected: %s)"
                        .formatted(
                                shorten(name),
                                parameters.stream().map(ServiceParameter::name).collect(Collectors.joining(", "))));
            }
            in.nextToken();
            values[index] = readValue(in, args, index);
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == MISSING) {
                if (!parameters.get(i).optional()) {
                    throw invalid("args.%s: missing (expected: %s)"
                            .formatted(
                                    parameters.get(i).name(), parameters.get(i).typeName()));
                }
                values[i] = parameters.get(i).absent();
            }
        }
    }

    private @Nullable Object readValue(JsonParser in, Payload args, int index) {
        ServiceParameter parameter = parameters.get(index);
        long from = in.currentTokenLocation().getByteOffset();
        try {
            return parameter.reader().readValue(in);
        } catch (DatabindException e) {
            throw invalid("args[%d] %s: %s (expected: %s%s)"
                    .formatted(index, parameter.name() + where(e), shown(e, args, from), parameter.typeName(), why(e)));
        }
    }

    private int indexOf(String name) {
        for (int i = 0; i < parameters.size(); i++) {
            if (parameters.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    private MoaException wrongCount(int given) {
        return invalid("args: %d given (expected: %d for %s)".formatted(given, parameters.size(), signature));
    }

    private static int count(Payload args) {
        return Json.MAPPER.readTree(args.array(), args.offset(), args.length()).size();
    }

    /** The place within the argument, for example {@code .address.zip}. */
    private static String where(DatabindException e) {
        return e.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                .collect(Collectors.joining());
    }

    private static String shown(DatabindException e, Payload args, long from) {
        if (e instanceof InvalidFormatException format) {
            return shorten(String.valueOf(format.getValue()));
        }
        // byte offsets of the parser count from the start of the range it was given
        int start = args.offset() + (int) Math.max(0, Math.min(from, args.length()));
        int length = args.offset() + args.length() - start;
        try (JsonParser again = Json.MAPPER.createParser(args.array(), start, length)) {
            again.nextToken();
            again.skipChildren();
            again.finishToken();
            length = (int) Math.min(length, again.currentLocation().getByteOffset());
        } catch (JacksonException broken) {
            // then all of the rest is shown
        }
        return shorten(
                Payload.of(Payload.Format.JSON, args.array(), start, length).text());
    }

    private static String why(DatabindException e) {
        if (e instanceof MismatchedInputException mismatch
                && mismatch.getTargetType() != null
                && !e.getPath().isEmpty()) {
            return "; there " + mismatch.getTargetType().getSimpleName();
        }
        return "";
    }

    private static String shorten(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static MoaException invalid(String message) {
        return new MoaException(StatusCode.INVALID_ARGUMENT, message);
    }
}
