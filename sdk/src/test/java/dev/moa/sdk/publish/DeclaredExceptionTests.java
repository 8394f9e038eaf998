package dev.moa.sdk.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import dev.moa.protocol.StatusCode;
import org.junit.jupiter.api.Test;

class DeclaredExceptionTests {

    static class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final int reason;

        Refused(int reason, String message) {
            super(message);
            this.reason = reason;
        }

        public int getReason() {
            return reason;
        }
    }

    static final class RefusedByTheDatabase extends Refused {
        private static final long serialVersionUID = 1L;

        RefusedByTheDatabase() {
            super(7, "it is full");
        }

        public String getStatement() {
            return "insert into secrets";
        }
    }

    @Test
    void declaredClassTravelsWithItsProperties() {
        CallResponse response = DeclaredException.toResponse("1", new Refused(7, "it is full"), Refused.class);

        assertThat(response.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(response.message()).isEqualTo("it is full");
        assertThat(response.details())
                .isEqualTo(Payload.json("{\"type\":\"" + Refused.class.getName() + "\",\"reason\":7}"));
    }

    @Test
    void classBelowTellsNoMoreThanTheDeclaredOne() {
        CallResponse near = DeclaredException.toResponse("1", new RefusedByTheDatabase(), Refused.class);
        CallResponse far = DeclaredException.toResponse("1", new RefusedByTheDatabase(), Exception.class);

        assertThat(near.details())
                .isEqualTo(Payload.json("{\"type\":\"" + RefusedByTheDatabase.class.getName()
                        + "\",\"reason\":7,\"declared\":\"" + Refused.class.getName() + "\"}"));
        assertThat(far.details())
                .isEqualTo(Payload.json("{\"type\":\"" + RefusedByTheDatabase.class.getName()
                        + "\",\"declared\":\"java.lang.Exception\"}"));
    }
}
