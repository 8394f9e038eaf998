package dev.moa.registry;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A process that publishes a service until it is killed. */
final class ShortLived {
    private ShortLived() {}

    /** Takes the registry's base URL. */
    public static void main(String[] arguments) throws InterruptedException {
        MoaServer.builder()
                .app("short-lived")
                .registries(List.of(arguments[0]))
                .publish(
                        ServiceName.of("/service/short-lived"),
                        (request, call) ->
                                CompletableFuture.completedFuture(CallResponse.success(request.id(), Payload.NULL)))
                .build()
                .start();
        Thread.sleep(60_000);
    }
}
