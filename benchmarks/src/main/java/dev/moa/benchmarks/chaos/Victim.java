package dev.moa.benchmarks.chaos;

import com.sun.net.httpserver.HttpServer;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A process that is there to be killed or stopped. It has a moa port, which speaks RESP too, and an HTTP port. */
final class Victim {
    static final int TTL_SECONDS = 2;
    private static final long RENEWAL_MS = 600;

    /** How it is registered. */
    enum Registrar {
        /** By the SDK, which holds a connection to a registry. */
        HELD,
        /** By REST alone: nobody but its lease knows of it. */
        REST,
        /** Not by itself: somebody says how it is to be probed. */
        OTHERS
    }

    private Victim() {}

    /** Takes how it is registered, the URL of a registry, its service, its moa port and its HTTP port. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Registrar registrar = Registrar.valueOf(arguments[0]);
        String registry = arguments[1];
        ServiceName service = ServiceName.of(arguments[2]);
        int port = Integer.parseInt(arguments[3]);
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[4])), 0);
        http.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        http.start();
        MoaServer.builder()
                .app("victim")
                .port(port)
                .registries(registrar == Registrar.HELD ? List.of(registry) : List.of())
                .publish(
                        service,
                        (request, call) -> CompletableFuture.completedFuture(
                                CallResponse.success(request.id(), Payload.json("true"))))
                .build()
                .start();
        if (registrar == Registrar.REST) {
            renew(registry, service, port);
        }
        Thread.currentThread().join();
    }

    private static void renew(String registry, ServiceName service, int port) throws IOException, InterruptedException {
        RegistryRest rest = new RegistryRest();
        String body = "{\"service\":\"%s\",\"host\":\"127.0.0.1\",\"port\":%d,\"ttlSeconds\":%d}";
        JsonNode lease = rest.ask("POST", registry + "/v1/instances", body.formatted(service, port, TTL_SECONDS));
        String leases =
                "{\"leases\":[{\"id\":%s,\"incarnation\":%s}]}".formatted(lease.path("id"), lease.path("incarnation"));
        while (true) {
            TimeUnit.MILLISECONDS.sleep(RENEWAL_MS);
            rest.ask("PUT", registry + "/v1/leases", leases);
        }
    }
}
