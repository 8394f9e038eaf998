package dev.moa.sdk.describe;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsonFormatVisitors.JsonAnyFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonArrayFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonBooleanFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonFormatVisitorWrapper;
import tools.jackson.databind.jsonFormatVisitors.JsonIntegerFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonMapFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonNumberFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonObjectFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonStringFormatVisitor;
import tools.jackson.databind.jsonFormatVisitors.JsonValueFormat;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.BeanPropertyWriter;

/** Is told by Jackson's serializer of one type what JSON it writes. Used once. */
final class TypeReader extends JsonFormatVisitorWrapper.Base {

    private final JsonTypes types;
    private final JavaType type;
    private final ObjectNode schema = JsonNodeFactory.instance.objectNode();
    private @Nullable NamedType named;

    TypeReader(JsonTypes types, JavaType type) {
        this.types = types;
        this.type = type;
    }

    /** Returns what was told: a reference to a named type, or a schema. */
    JsonType result(String text) {
        NamedType found = named;
        return found == null ? new JsonType(text, schema) : JsonTypes.reference(found);
    }

    @Override
    public @Nullable JsonObjectFormatVisitor expectObjectFormat(JavaType object) {
        TypeSerializer tagged = getContext().findTypeSerializer(type);
        if (tagged != null && (type.isAbstract() || type.isInterface())) {
            named = types.name(type, NamedType.Kind.UNION);
            new Unions(types, getContext().getConfig()).fill(named, tagged);
            return null;
        }
        NamedType fresh = types.name(
                type,
                Throwable.class.isAssignableFrom(type.getRawClass())
                        ? NamedType.Kind.EXCEPTION
                        : NamedType.Kind.RECORD);
        named = fresh;
        return new JsonObjectFormatVisitor.Base(getContext()) {
            @Override
            public void property(BeanProperty property) {
                JsonType read = types.of(property, () -> nested(property));
                fresh.fields.add(new NamedType.Field(
                        property.getName(), read, !read.text().endsWith("?")));
            }

            @Override
            public void optionalProperty(BeanProperty property) {
                property(property);
            }
        };
    }

    /** A property may be written otherwise than its type alone: {@code @JsonFormat}, {@code @JsonSerialize}. */
    private TypeReader nested(BeanProperty property) {
        TypeReader reader = new TypeReader(types, property.getType());
        reader.setContext(getContext());
        ValueSerializer<?> own = property instanceof BeanPropertyWriter writer ? writer.getSerializer() : null;
        ValueSerializer<?> serializer =
                own != null ? own : getContext().findPrimaryPropertySerializer(property.getType(), property);
        serializer.acceptJsonFormatVisitor(reader, property.getType());
        return reader;
    }

    @Override
    public JsonStringFormatVisitor expectStringFormat(JavaType string) {
        schema.put("type", "string");
        if (type.hasRawClass(Duration.class)) {
            schema.put("format", "duration");
        }
        return new JsonStringFormatVisitor.Base() {
            @Override
            public void format(JsonValueFormat format) {
                // RFC 3339 wants an offset, which these have not
                if (!type.hasRawClass(LocalDateTime.class) && !type.hasRawClass(LocalTime.class)) {
                    schema.put("format", format.toString());
                }
            }

            @Override
            public void enumTypes(Set<String> values) {
                NamedType fresh = types.name(type, NamedType.Kind.ENUM);
                fresh.values.addAll(values);
                named = fresh;
            }
        };
    }

    @Override
    public JsonNumberFormatVisitor expectNumberFormat(JavaType number) {
        schema.put("type", "number");
        if (type.hasRawClass(double.class) || type.hasRawClass(Double.class)) {
            schema.put("format", "double");
        } else if (type.hasRawClass(float.class) || type.hasRawClass(Float.class)) {
            schema.put("format", "float");
        }
        return new JsonNumberFormatVisitor.Base();
    }

    @Override
    public JsonIntegerFormatVisitor expectIntegerFormat(JavaType integer) {
        schema.put("type", "integer");
        return new JsonIntegerFormatVisitor.Base() {
            @Override
            public void numberType(JsonParser.NumberType number) {
                switch (number) {
                    case INT -> schema.put("format", "int32");
                    case LONG -> schema.put("format", "int64");
                    default -> {
                        // as large as it likes
                    }
                }
            }
        };
    }

    @Override
    public JsonBooleanFormatVisitor expectBooleanFormat(JavaType truth) {
        schema.put("type", "boolean");
        return new JsonBooleanFormatVisitor.Base();
    }

    @Override
    public JsonAnyFormatVisitor expectAnyFormat(JavaType any) {
        return new JsonAnyFormatVisitor.Base();
    }

    @Override
    public JsonArrayFormatVisitor expectArrayFormat(JavaType array) {
        schema.put("type", "array");
        return new JsonArrayFormatVisitor.Base(getContext());
    }

    @Override
    public JsonMapFormatVisitor expectMapFormat(JavaType map) {
        schema.put("type", "object");
        return new JsonMapFormatVisitor.Base(getContext());
    }
}
