package dev.moa.sdk.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.moa.protocol.Payload;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.cbor.CBORMapper;

/**
 * The default codec: CBOR (RFC 8949) by Jackson, where an object is the array of its properties' values. Nothing on
 * the wire names a class or a property, so there is nothing that a peer could pick; annotations mean what they mean
 * in JSON.
 */
public final class CborCodec implements BodyCodec {

    /** The one there is; it has no settings. */
    public static final CborCodec INSTANCE = new CborCodec();

    private static final CBORFactory FACTORY =
            CBORFactory.builder().streamReadConstraints(Json.CONSTRAINTS).build();

    private CborCodec() {}

    @Override
    public Payload.Format format() {
        return Payload.Format.CBOR;
    }

    @Override
    public ServiceBodies derive(ServiceInterface methods) {
        InterfaceTypes types = InterfaceTypes.of(methods);
        return new CborBodies(methods, types, mapper(methods.type(), types.beans()));
    }

    private static CBORMapper mapper(Class<?> service, Map<Class<?>, List<String>> beans) {
        SimpleModule module = new SimpleModule();
        module.setSerializerModifier(new OnlyListed(service.getName(), beans));
        return Json.configure(CBORMapper.builder(FACTORY))
                .annotationIntrospector(new WithoutNames(beans))
                .addModule(module)
                .build();
    }

    /** Objects are arrays of their properties' values, in the order of the list. */
    private static final class WithoutNames extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;
        private static final JsonFormat.Value ARRAY = JsonFormat.Value.forShape(JsonFormat.Shape.ARRAY);

        private final transient Map<Class<?>, List<String>> beans;

        WithoutNames(Map<Class<?>, List<String>> beans) {
            this.beans = beans;
        }

        @Override
        public JsonFormat.Value findFormat(MapperConfig<?> config, Annotated annotated) {
            return annotated instanceof AnnotatedClass
                            && !names(annotated.getRawType()).isEmpty()
                    ? ARRAY
                    : super.findFormat(config, annotated);
        }

        @Override
        public String[] findSerializationPropertyOrder(MapperConfig<?> config, AnnotatedClass annotated) {
            List<String> names = names(annotated.getRawType());
            return names.isEmpty()
                    ? super.findSerializationPropertyOrder(config, annotated)
                    : names.toArray(String[]::new);
        }

        private List<String> names(Class<?> type) {
            return beans.getOrDefault(type, List.of());
        }
    }

    /** A class that the interface does not name gets no serializer. */
    private static final class OnlyListed extends ValueSerializerModifier {
        private static final long serialVersionUID = 1L;

        private final String service;
        private final transient Map<Class<?>, List<String>> beans;

        OnlyListed(String service, Map<Class<?>, List<String>> beans) {
            this.service = service;
            this.beans = beans;
        }

        @Override
        public ValueSerializer<?> modifySerializer(
                SerializationConfig config, BeanDescription.Supplier description, ValueSerializer<?> serializer) {
            Class<?> type = description.getBeanClass();
            if (serializer instanceof BeanSerializerBase && !beans.containsKey(type)) {
                throw new OutsideTypeException(type.getName(), service);
            }
            return serializer;
        }
    }
}
