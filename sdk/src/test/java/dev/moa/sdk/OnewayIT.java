package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.annotation.Oneway;
import dev.moa.sdk.codec.ServiceInterface;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.StaticDirectory;
import dev.moa.sdk.stats.CallSide;
import dev.moa.sdk.stats.Statistics;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that nobody waits for. */
class OnewayIT {

    private static final ServiceName VIEWS = ServiceName.of("/service/views");

    interface Views {
        @Oneway
        void seen(long page);

        @Oneway
        CompletionStage<Void> seenLater(long page);

        @Oneway
        void fails(long page);

        long count();
    }

    interface Wrong {
        @Oneway
        long seen(long page);
    }

    private static final class CountingViews implements Views {
        private final Queue<Long> pages = new ConcurrentLinkedQueue<>();
        private final CountDownLatch mayGoOn = new CountDownLatch(1);

        @Override
        public void seen(long page) {
            try {
                mayGoOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            pages.add(page);
        }

        @Override
        public CompletionStage<Void> seenLater(long page) {
            pages.add(page);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void fails(long page) {
            pages.add(page);
            throw new IllegalStateException("nobody hears this");
        }

        @Override
        public long count() {
            return pages.size();
        }
    }

    private final CountingViews views = new CountingViews();
    private final StaticDirectory directory = new StaticDirectory();
    private final Statistics statistics = Statistics.create();
    private MoaServer server;
    private MoaClient client;

    @BeforeEach
    void start() {
        server = MoaServer.builder()
                .app("views")
                .publish(VIEWS, Views.class, views)
                .build()
                .start();
        directory.put(VIEWS, "127.0.0.1", server.port());
        client = MoaClient.builder()
                .app("test")
                .directory(directory)
                .statistics(statistics)
                .timeout(Duration.ofSeconds(10))
                .build();
    }

    @AfterEach
    void stop() {
        views.mayGoOn.countDown();
        client.close();
        server.close();
    }

    @Test
    void proxyReturnsWhileTheInstanceStillWorks() {
        Views proxy = client.proxy(VIEWS, Views.class);

        proxy.seen(7);
        assertThat(proxy.seenLater(8).toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));

        await().untilAsserted(() -> assertThat(views.pages).containsExactly(8L));
        views.mayGoOn.countDown();
        await().untilAsserted(() -> assertThat(views.pages).containsExactly(8L, 7L));
    }

    @Test
    void nobodyHearsOfAFailureAtTheInstance() {
        Views proxy = client.proxy(VIEWS, Views.class);

        proxy.fails(1);
        CallResponse unknown = client.send(CallRequest.of(VIEWS, "noSuchMethod", Payload.NO_ARGUMENTS))
                .join();

        await().untilAsserted(() -> assertThat(views.pages).containsExactly(1L));
        assertThat(unknown).isEqualTo(CallResponse.success(null, Payload.NULL));
        assertThat(proxy.count()).isEqualTo(1);
    }

    @Test
    void callThatWasNotSentSaysSo() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        directory.put(VIEWS, "127.0.0.1", nobody);

        assertThatThrownBy(() -> client.proxy(VIEWS, Views.class).seen(7))
                .isInstanceOfSatisfying(MoaException.class, e -> {
                    assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE);
                    assertThat(e.details()).isEqualTo(Payload.json("{\"sent\":false}"));
                });
    }

    @Test
    void callGoesToAnotherInstanceWhereOneCannotBeReached() throws IOException {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        directory.put(
                VIEWS,
                List.of(InstanceAddress.of("127.0.0.1", nobody), InstanceAddress.of("127.0.0.1", server.port())));
        views.mayGoOn.countDown();

        for (int i = 0; i < 20; i++) {
            client.proxy(VIEWS, Views.class).seen(i);
        }

        await().untilAsserted(() -> assertThat(views.pages).hasSize(20));
    }

    @Test
    void callsAreCounted() {
        client.proxy(VIEWS, Views.class).fails(1);

        // by the thread that sent it, while the caller goes on
        await().untilAsserted(() -> assertThat(statistics.methods())
                .filteredOn(method -> method.side() == CallSide.CLIENT)
                .singleElement()
                .satisfies(method -> {
                    assertThat(method.method()).isEqualTo("fails");
                    assertThat(method.totals().calls()).isEqualTo(1);
                    assertThat(method.totals().errors()).isZero();
                }));
    }

    @Test
    void methodWithAResultCannotBeOneway() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceInterface.of(Wrong.class))
                .withMessageContaining("seen of")
                .withMessageContaining("expected: void or CompletionStage<Void>");
    }
}
