package dev.moa.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.ServiceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class EventStreamTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    private final EventStream stream = new EventStream();
    private final MockHttpServletRequest request = new MockHttpServletRequest();
    private final List<String> ends = new ArrayList<>();

    @Test
    void clientThatLeftBeforeTheAnswerFreesEverythingAtOnce() {
        request.setAsyncSupported(true);
        MockHttpServletResponse gone = new MockHttpServletResponse() {
            @Override
            public void flushBuffer() {
                throw new UncheckedIOException(new IOException("broken pipe"));
            }
        };

        assertThatThrownBy(() -> stream.begin(request, gone, () -> ends.add("end")))
                .hasRootCauseMessage("broken pipe");

        assertThat(ends).containsExactly("end");
        assertThat(request.isAsyncStarted()).isFalse();
        assertThatThrownBy(() -> stream.sendChange(USER, "{}"))
                .isInstanceOf(IOException.class)
                .hasRootCauseMessage("broken pipe");
    }

    @Test
    void whatIsSentStandsInTheAnswer() throws IOException {
        request.setAsyncSupported(true);
        MockHttpServletResponse response = new MockHttpServletResponse();

        stream.begin(request, response, () -> ends.add("end"));
        stream.sendChange(USER, "{}");
        stream.sendToken("t1");
        stream.sendHeartbeat();
        stream.flush();

        assertThat(response.getContentType()).isEqualTo("text/event-stream");
        assertThat(response.getContentAsString())
                .isEqualTo("event:change\ndata:{}\n\nid:t1\nevent:token\ndata:t1\n\n:still here\n\n");
        assertThat(ends).isEmpty();
    }
}
