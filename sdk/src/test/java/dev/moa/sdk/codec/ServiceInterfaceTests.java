package dev.moa.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.annotation.Idempotent;
import dev.moa.sdk.annotation.MoaMethod;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ServiceInterfaceTests {

    interface Overloaded {
        String find(int id);

        String find(String name);
    }

    interface Renamed {
        @MoaMethod(name = "findById")
        String find(int id);

        String find(String name);
    }

    interface Generic<T> {
        T save(T item, Optional<Instant> at);

        CompletableFuture<List<T>> all();
    }

    @Idempotent
    interface Names extends Generic<Map<String, Integer>> {
        ServiceName service(ServiceName given);
    }

    private static final ServiceInterface NAMES = ServiceInterface.of(Names.class);

    @Test
    void overloadsAreRefusedByName() {
        assertThatThrownBy(() -> ServiceInterface.of(Overloaded.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("find: find(id: int): String, find(name: String): String")
                .hasMessageContaining("@MoaMethod");
    }

    @Test
    void overloadWithANameOfItsOwnIsAnotherMethod() {
        assertThat(ServiceInterface.of(Renamed.class).methods())
                .extracting(ServiceMethod::name)
                .containsExactlyInAnyOrder("find", "findById");
    }

    @Test
    void classIsRefused() {
        assertThatThrownBy(() -> ServiceInterface.of(String.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String");
    }

    @Test
    void typeVariablesAreResolvedByTheInterface() {
        assertThat(NAMES.method("save").signature())
                .isEqualTo("save(item: Map<String, Integer>, at: Optional<Instant>?): Map<String, Integer>");
        assertThat(NAMES.method("all").signature()).isEqualTo("all(): List<Map<String, Integer>>");
        assertThat(NAMES.method("all").isAsync()).isTrue();
        assertThat(NAMES.method("save").isIdempotent()).isTrue();
    }

    @Test
    void argumentsComeBackAsTheyWent() {
        ServiceMethod save = NAMES.method("save");
        Object[] arguments = {Map.of("a", 1), Optional.of(Instant.ofEpochSecond(1))};

        Payload json = save.writeArguments(arguments);

        assertThat(json.text()).isEqualTo("[{\"a\":1},\"1970-01-01T00:00:01Z\"]");
        assertThat(save.readArguments(json)).isEqualTo(arguments);
    }

    @Test
    void optionalArgumentMayBeLeftOut() {
        assertThat(NAMES.method("save").readArguments(Payload.json("[{}]")))
                .containsExactly(Map.of(), Optional.empty());
        assertThat(NAMES.method("save").readArguments(Payload.json("{\"item\":{\"a\":2}}")))
                .containsExactly(Map.of("a", 2), Optional.empty());
    }

    @Test
    void serviceNameIsAString() {
        ServiceMethod service = NAMES.method("service");

        assertThat(service.writeResult(ServiceName.of("/service/a")).text()).isEqualTo("\"/service/a\"");
        assertThat(service.readArguments(Payload.json("[\"/service/a\"]")))
                .containsExactly(ServiceName.of("/service/a"));
        assertThatThrownBy(() -> service.readArguments(Payload.json("[\"nope\"]")))
                .isInstanceOf(MoaException.class)
                .hasMessageContaining("args[0] given")
                .hasMessageContaining("nope");
    }

    @Test
    void depthIsBounded() {
        String deep = "[".repeat(100) + "]".repeat(100);

        assertThatThrownBy(() -> NAMES.method("save").readArguments(Payload.json("[" + deep + "]")))
                .isInstanceOf(MoaException.class);
    }

    @Test
    void valueOfAnArgumentInTheMiddleIsShown() {
        byte[] padded = "xxxx[{\"a\":1},[true]]".getBytes();

        assertThatThrownBy(() -> NAMES.method("save")
                        .readArguments(Payload.of(Payload.Format.JSON, padded, 4, padded.length - 4)))
                .isInstanceOf(MoaException.class)
                .hasMessageContaining("args[1] at")
                .hasMessageContaining(": [true]");
    }
}
