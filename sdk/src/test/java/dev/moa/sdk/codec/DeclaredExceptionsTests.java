package dev.moa.sdk.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.MoaException;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclaredExceptionsTests {

    static class WithMessage extends Exception {
        private static final long serialVersionUID = 1L;

        public WithMessage(String message) {
            super(message);
        }
    }

    static class WithProperties extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long id;
        private final transient List<String> names;

        public WithProperties(long id, List<String> names, String message) {
            super(message);
            this.id = id;
            this.names = names;
        }

        public long getId() {
            return id;
        }

        public List<String> getNames() {
            return names;
        }
    }

    static class Below extends WithMessage {
        private static final long serialVersionUID = 1L;

        Below() {
            super("below");
        }
    }

    static class Strict extends Exception {
        private static final long serialVersionUID = 1L;

        public Strict(String message) {
            super(message);
        }

        public void setKind(int kind) {
            throw new IllegalStateException("no kind " + kind);
        }
    }

    static class NotToBeBuilt extends Exception {
        private static final long serialVersionUID = 1L;

        NotToBeBuilt(Object lock) {
            super(String.valueOf(lock));
        }
    }

    interface Throwing {
        void all() throws WithMessage, NotToBeBuilt, IOException, Exception;

        void properties() throws WithProperties;

        void none();
    }

    interface Particular {
        void far() throws Exception, WithMessage;

        void strict() throws Strict;
    }

    interface ThrowingLess {
        void all() throws WithMessage, NotToBeBuilt, IOException, Exception;

        void properties();

        void none();
    }

    private static final ServiceInterface THROWING = ServiceInterface.of(Throwing.class);

    @Test
    void exceptionIsBuiltFromItsMessageAndProperties() {
        MoaException failure = failure(WithProperties.class.getName(), ",\"id\":7,\"names\":[\"a\"],\"more\":1");

        assertThat(method("properties").restore(failure)).isInstanceOfSatisfying(WithProperties.class, thrown -> {
            assertThat(thrown.getId()).isEqualTo(7);
            assertThat(thrown.getNames()).containsExactly("a");
            assertThat(thrown).hasMessage("it failed").hasCause(failure);
        });
        assertThat(method("all").restore(failure(WithMessage.class.getName(), "")))
                .isInstanceOf(WithMessage.class)
                .hasMessage("it failed");
    }

    @Test
    void classThatTheCallerDoesNotKnowIsTheDeclaredOneAboveIt() {
        ServiceMethod all = method("all");

        assertThat(all.declared(new Below())).isEqualTo(WithMessage.class);
        assertThat(all.restore(failure(Below.class.getName(), ",\"declared\":\"" + WithMessage.class.getName() + "\"")))
                .isExactlyInstanceOf(WithMessage.class);
    }

    @Test
    void nearestOfTheDeclaredClassesCounts() {
        ServiceMethod far =
                Objects.requireNonNull(ServiceInterface.of(Particular.class).method("far"));

        assertThat(far.declared(new Below())).isEqualTo(WithMessage.class);
        assertThat(far.declared(new WithMessage("it failed"))).isEqualTo(WithMessage.class);
    }

    @Test
    void whoDeclaresExceptionHasNotDecidedWhatMayBeShown() {
        ServiceMethod far =
                Objects.requireNonNull(ServiceInterface.of(Particular.class).method("far"));

        assertThat(far.declared(new IOException("/etc/secret"))).isNull();
        assertThat(far.declared(new IllegalStateException("a password"))).isNull();
    }

    @Test
    void peerFillsNothingThatEveryExceptionHas() {
        MoaException failure = failure(
                WithMessage.class.getName(),
                ",\"cause\":{\"message\":\"other\"},\"suppressed\":[{}],\"stackTrace\":[{\"className\":\"Mine\"}]");

        assertThat(method("all").restore(failure)).isInstanceOfSatisfying(WithMessage.class, thrown -> {
            assertThat(thrown).hasCause(failure).hasNoSuppressedExceptions();
            assertThat(thrown.getStackTrace()).isEqualTo(failure.getStackTrace());
        });
    }

    @Test
    void exceptionThatDoesNotWantToBeBuiltStaysAFailureWithACode() {
        ServiceMethod strict =
                Objects.requireNonNull(ServiceInterface.of(Particular.class).method("strict"));
        MoaException failure = failure(Strict.class.getName(), ",\"kind\":7");

        assertThat(strict.restore(failure)).isSameAs(failure);
        assertThat(strict.restore(failure(Strict.class.getName(), ""))).isInstanceOf(Strict.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.io.IOException",
                "java.lang.Exception",
                "javax.swing.JEditorPane",
                "dev.moa.sdk.codec.DeclaredExceptionsTests$WithProperties",
                "dev.moa.sdk.codec.DeclaredExceptionsTests$NotToBeBuilt",
                "",
            })
    void everythingElseStaysAFailureWithACode(String type) {
        MoaException failure = failure(type, "");

        assertThat(method("all").restore(failure)).isSameAs(failure);
    }

    @Test
    void failureOfAnotherCodeOrWithOtherDetailsStaysAsItIs() {
        for (Payload details : new Payload[] {Payload.json("[1]"), Payload.json("{\"type\":7}"), null}) {
            MoaException failure = new MoaException(StatusCode.UNKNOWN, "it failed", details, null);
            assertThat(method("all").restore(failure)).isSameAs(failure);
        }
        MoaException other = new MoaException(
                StatusCode.INTERNAL,
                "it failed",
                Payload.json("{\"type\":\"" + WithMessage.class.getName() + "\"}"),
                null);
        assertThat(method("all").restore(other)).isSameAs(other);
    }

    @Test
    void exceptionsBelongToTheTypesThatBothEndsCompare() {
        long types = CborCodec.INSTANCE.derive(THROWING).types();

        assertThat(types)
                .isNotEqualTo(CborCodec.INSTANCE
                        .derive(ServiceInterface.of(ThrowingLess.class))
                        .types());
        assertThat(method("properties").canonical())
                .contains("throws", "WithProperties=", "id:long", "names:java.util.List<java.lang.String>");
        assertThat(method("none").canonical()).isEqualTo("()void");
    }

    private static MoaException failure(String type, String more) {
        return new MoaException(
                StatusCode.UNKNOWN, "it failed", Payload.json("{\"type\":\"" + type + "\"" + more + "}"), null);
    }

    private static ServiceMethod method(String name) {
        return Objects.requireNonNull(THROWING.method(name));
    }
}
