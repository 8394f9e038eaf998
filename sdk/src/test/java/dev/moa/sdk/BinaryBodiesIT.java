package dev.moa.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.protocol.StatusCode;
import dev.moa.sdk.lookup.StaticDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two ends agree on binary bodies, or do not and speak JSON; the caller never sees which. */
class BinaryBodiesIT {

    private static final ServiceName GREETER = ServiceName.of("/service/greeter");

    /** As {@link Greeter}, but a person has one more property: the next version of the service. */
    public interface NextGreeter {
        record Person(long id, String name, int age) {}

        Person find(long id, String zone);
    }

    private final StaticDirectory directory = new StaticDirectory();
    private final List<Payload.Format> asked = new CopyOnWriteArrayList<>();
    private final List<Payload.Format> answered = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void bodiesAreBinaryAfterTheFirstAnswer() throws Exception {
        serve(MoaServer.builder().publish(GREETER, Greeter.class, new PoliteGreeter("one")));
        Greeter greeter = client(MoaClient.builder());

        assertThat(greeter.find(7, null)).isEqualTo(new Greeter.Person(7, "p7"));
        assertThat(greeter.find(7, "z")).isEqualTo(new Greeter.Person(7, "p7@z"));
        assertThat(greeter.all(Map.of("ada", 36))).containsExactly(new Greeter.Person(36, "ada"));
        assertThatThrownBy(() -> greeter.find(-1, null))
                .isInstanceOfSatisfying(
                        Greeter.NobodyException.class,
                        failure -> assertThat(failure.getId()).isEqualTo(-1));

        assertThat(asked)
                .containsExactly(Payload.Format.JSON, Payload.Format.CBOR, Payload.Format.CBOR, Payload.Format.CBOR);
        assertThat(answered).containsExactly(Payload.Format.JSON, Payload.Format.CBOR, Payload.Format.CBOR);
    }

    @Test
    void textsAndNumbersAloneStayWithJson() throws Exception {
        serve(MoaServer.builder().publish(GREETER, Greeter.class, new PoliteGreeter("one")));
        Greeter greeter = client(MoaClient.builder());
        greeter.find(7, null);

        assertThat(greeter.hello("you")).isEqualTo("hello you");
        assertThat(greeter.later("you").toCompletableFuture().join()).isEqualTo("later you");

        assertThat(asked).containsOnly(Payload.Format.JSON).hasSize(3);
    }

    @Test
    void otherTypesMeanJson() throws Exception {
        serve(MoaServer.builder()
                .publish(GREETER, NextGreeter.class, (id, zone) -> new NextGreeter.Person(id, zone, 1)));
        Greeter greeter = client(MoaClient.builder());

        for (int i = 0; i < 3; i++) {
            assertThat(greeter.find(7, "z")).isEqualTo(new Greeter.Person(7, "z"));
        }

        assertThat(asked).containsOnly(Payload.Format.JSON).hasSize(3);
    }

    @Test
    void anInstanceOrACallerWithoutTheCodecMeansJson() throws Exception {
        MoaServer plain = serve(
                MoaServer.builder().codecs(List.of()).publish(GREETER, Greeter.class, new PoliteGreeter("plain")));
        Greeter greeter = client(MoaClient.builder());
        assertThat(greeter.who()).isEqualTo("plain");
        assertThat(greeter.who()).isEqualTo("plain");
        plain.close();

        serve(MoaServer.builder().publish(GREETER, Greeter.class, new PoliteGreeter("one")));
        Greeter withJson = client(MoaClient.builder().codec(null));
        assertThat(withJson.who()).isEqualTo("one");
        assertThat(withJson.who()).isEqualTo("one");

        assertThat(asked).containsOnly(Payload.Format.JSON).hasSize(4);
    }

    @Test
    void anInstanceThatRefusesGetsTheSameCallAsJson() throws Exception {
        MoaServer before = serve(MoaServer.builder().publish(GREETER, Greeter.class, new PoliteGreeter("one")));
        Greeter greeter = client(MoaClient.builder());
        greeter.find(7, null);
        assertThat(greeter.find(7, null)).isEqualTo(new Greeter.Person(7, "p7"));
        before.close();

        serve(MoaServer.builder().codecs(List.of()).publish(GREETER, Greeter.class, new PoliteGreeter("two")));

        assertThat(greeter.find(8, null)).isEqualTo(new Greeter.Person(8, "p8"));
        assertThat(greeter.all(Map.of("ada", 36))).containsExactly(new Greeter.Person(36, "ada"));
        assertThat(asked)
                .containsExactly(
                        Payload.Format.JSON,
                        Payload.Format.CBOR,
                        Payload.Format.CBOR,
                        Payload.Format.JSON,
                        Payload.Format.JSON);
    }

    /** Named by the interface, but an argument can be of a class below it. */
    public interface Shelf {
        class Book {
            public String title = "";
        }

        String put(Book book);
    }

    @Test
    void anArgumentOfAClassOutsideGoesAsJson() throws Exception {
        class Comic extends Shelf.Book {
            public int pictures = 5;
        }
        serve(MoaServer.builder().publish(GREETER, Shelf.class, book -> book.getClass() + book.title));
        Shelf shelf = proxy(MoaClient.builder(), Shelf.class);

        shelf.put(new Shelf.Book());
        shelf.put(new Shelf.Book());
        Comic comic = new Comic();
        comic.title = "Asterix";

        assertThat(shelf.put(comic)).isEqualTo(Shelf.Book.class + "Asterix");
        assertThat(asked).containsExactly(Payload.Format.JSON, Payload.Format.CBOR, Payload.Format.JSON);
    }

    @Test
    void aBodyThatNobodyAgreedOnIsRefusedAndNothingStarts() throws Exception {
        PoliteGreeter greeter = new PoliteGreeter("one");
        serve(MoaServer.builder()
                .publish(GREETER, Greeter.class, greeter)
                .publish(ServiceName.of("/service/raw"), (request, call) -> {
                    throw new AssertionError("reached with " + request.args());
                }));
        MoaClient client = MoaClient.builder().directory(directory).build();
        opened.add(client);
        byte[] bytes = {(byte) 0x80};

        for (Payload.Format format : List.of(Payload.Format.CBOR, Payload.Format.HESSIAN)) {
            for (String service : List.of("/service/greeter", "/service/raw")) {
                CallResponse response = client.call(CallRequest.of(
                                ServiceName.of(service),
                                "who",
                                Payload.of(format, bytes, 0, 1).withTypes(42)))
                        .join();

                assertThat(response.code()).isEqualTo(StatusCode.FAILED_PRECONDITION);
                assertThat(response.message()).contains(format.name(), "expected: JSON");
                assertThat(response.details()).isEqualTo(Payload.JSON_EXPECTED);
            }
        }
        assertThat(greeter.calls).hasValue(0);
    }

    private MoaServer serve(MoaServer.Builder settings) {
        MoaServer server = settings.build().start();
        opened.add(server);
        directory.put(GREETER, "127.0.0.1", server.port());
        directory.put(ServiceName.of("/service/raw"), "127.0.0.1", server.port());
        return server;
    }

    private Greeter client(MoaClient.Builder settings) {
        return proxy(settings, Greeter.class);
    }

    private <T> T proxy(MoaClient.Builder settings, Class<T> type) {
        MoaClient client = settings.directory(directory)
                .interceptor((request, deadline, next) -> {
                    asked.add(request.args().format());
                    return next.proceed(request, deadline).whenComplete((response, failure) -> {
                        Payload result = response.result();
                        if (result != null) {
                            answered.add(result.format());
                        }
                    });
                })
                .build();
        opened.add(client);
        return client.proxy(GREETER, type);
    }
}
