package dev.moa.sdk.describe;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Comparator;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedClassResolver;
import tools.jackson.databind.jsontype.TypeSerializer;

/** Types of which one of several travels, told by a property: {@code @JsonTypeInfo} with {@code @JsonSubTypes}. */
final class Unions {

    private final JsonTypes types;
    private final SerializationConfig config;

    Unions(JsonTypes types, SerializationConfig config) {
        this.types = types;
        this.config = config;
    }

    /** Adds the members that the annotations name. */
    void fill(NamedType union, TypeSerializer tagged) {
        if (tagged.getTypeInclusion() != JsonTypeInfo.As.PROPERTY
                && tagged.getTypeInclusion() != JsonTypeInfo.As.EXISTING_PROPERTY) {
            return;
        }
        union.values.add(tagged.getPropertyName());
        AnnotatedClass base = AnnotatedClassResolver.resolve(config, union.type, config);
        config.getSubtypeResolver().collectAndResolveSubtypesByClass(config, base).stream()
                .filter(each -> each.hasName() && !each.getType().equals(union.type.getRawClass()))
                .sorted(Comparator.comparing(tools.jackson.databind.jsontype.NamedType::getName))
                .forEach(each -> {
                    JavaType member = config.getTypeFactory().constructSpecializedType(union.type, each.getType());
                    union.members.add(new NamedType.Member(types.of(member, null), each.getName()));
                });
    }
}
