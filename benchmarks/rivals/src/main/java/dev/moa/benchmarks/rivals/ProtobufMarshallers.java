package dev.moa.benchmarks.rivals;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import dev.moa.benchmarks.load.Order;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What {@code protoc} would generate: the same calls of the same runtime, without a compiler in the build. */
final class ProtobufMarshallers {

    static final MethodDescriptor.Marshaller<String> TEXT = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream in) {
            try {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    static final MethodDescriptor.Marshaller<Order> ORDER = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(Order order) {
            try {
                byte[] bytes = new byte[sizeOf(order)];
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                write(order, out);
                out.checkNoSpaceLeft();
                return new ByteArrayInputStream(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Order parse(InputStream in) {
            try {
                return read(CodedInputStream.newInstance(in));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private ProtobufMarshallers() {}

    private static int sizeOf(Order order) {
        return CodedOutputStream.computeInt64Size(1, order.getId())
                + CodedOutputStream.computeStringSize(2, order.getCustomer())
                + CodedOutputStream.computeStringSize(3, order.getEmail())
                + CodedOutputStream.computeInt32Size(4, order.getQuantity())
                + CodedOutputStream.computeDoubleSize(5, order.getPrice())
                + CodedOutputStream.computeBoolSize(6, order.isPaid())
                + CodedOutputStream.computeInt64Size(7, order.getCreatedAt())
                + CodedOutputStream.computeStringSize(8, order.getCity())
                + CodedOutputStream.computeStringSize(9, order.getCountry())
                + CodedOutputStream.computeStringSize(10, order.getNote());
    }

    private static void write(Order order, CodedOutputStream out) throws IOException {
        out.writeInt64(1, order.getId());
        out.writeString(2, order.getCustomer());
        out.writeString(3, order.getEmail());
        out.writeInt32(4, order.getQuantity());
        out.writeDouble(5, order.getPrice());
        out.writeBool(6, order.isPaid());
        out.writeInt64(7, order.getCreatedAt());
        out.writeString(8, order.getCity());
        out.writeString(9, order.getCountry());
        out.writeString(10, order.getNote());
    }

    private static Order read(CodedInputStream in) throws IOException {
        Order order = new Order();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (tag >>> 3) {
                case 1 -> order.setId(in.readInt64());
                case 2 -> order.setCustomer(in.readStringRequireUtf8());
                case 3 -> order.setEmail(in.readStringRequireUtf8());
                case 4 -> order.setQuantity(in.readInt32());
                case 5 -> order.setPrice(in.readDouble());
                case 6 -> order.setPaid(in.readBool());
                case 7 -> order.setCreatedAt(in.readInt64());
                case 8 -> order.setCity(in.readStringRequireUtf8());
                case 9 -> order.setCountry(in.readStringRequireUtf8());
                case 10 -> order.setNote(in.readStringRequireUtf8());
                default -> in.skipField(tag);
            }
        }
        return order;
    }
}
