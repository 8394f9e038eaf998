package dev.moa.benchmarks.rivals;

import dev.moa.benchmarks.load.Echo;
import dev.moa.benchmarks.load.LoadProcess;
import dev.moa.benchmarks.load.Order;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** gRPC over one channel, with its default threads: {@code server} or {@code client PORT}. */
public final class GrpcPeer {

    private static final MethodDescriptor<String, String> TEXT = method("text", ProtobufMarshallers.TEXT);
    private static final MethodDescriptor<Order, Order> ORDER = method("order", ProtobufMarshallers.ORDER);

    private GrpcPeer() {}

    /** @param arguments which end, and for a client the port */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("server")) {
            Echo echo = new Echo.Service();
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(ServerServiceDefinition.builder("bench.Echo")
                            .addMethod(TEXT, ServerCalls.asyncUnaryCall((request, answer) -> {
                                answer.onNext(echo.text(request));
                                answer.onCompleted();
                            }))
                            .addMethod(ORDER, ServerCalls.asyncUnaryCall((request, answer) -> {
                                answer.onNext(echo.order(request));
                                answer.onCompleted();
                            }))
                            .build())
                    .build()
                    .start();
            LoadProcess.server(server.getPort());
        } else {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(arguments[1]))
                    .usePlaintext()
                    .build();
            LoadProcess.client(new Stub(channel));
        }
    }

    private static <T> MethodDescriptor<T, T> method(String name, MethodDescriptor.Marshaller<T> marshaller) {
        return MethodDescriptor.<T, T>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("bench.Echo/" + name)
                .setRequestMarshaller(marshaller)
                .setResponseMarshaller(marshaller)
                .build();
    }

    private record Stub(ManagedChannel channel) implements Echo {
        @Override
        public String text(String value) {
            return ClientCalls.blockingUnaryCall(channel, TEXT, options(), value);
        }

        @Override
        public Order order(Order value) {
            return ClientCalls.blockingUnaryCall(channel, ORDER, options(), value);
        }

        /** As with every other contender, a call has a time limit. */
        private static CallOptions options() {
            return CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS);
        }
    }
}
