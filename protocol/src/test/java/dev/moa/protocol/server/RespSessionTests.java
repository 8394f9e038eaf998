package dev.moa.protocol.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order a connection that is also told things gets them, and how its end is told. */
class RespSessionTests {
    private final Set<RespSession> listeners = ConcurrentHashMap.newKeySet();
    private final Queue<String> events = new ConcurrentLinkedQueue<>();
    private MoaPort port;

    /** LISTEN; TELL word …: by its event loop to all who listen; LEAVE: ends the connection within the command. */
    private final class Telling implements RespExtension {
        @Override
        public Set<String> commands() {
            return Set.of("LISTEN", "TELL", "LEAVE");
        }

        @Override
        public CompletionStage<byte[]> run(RespSession who, List<String> words) {
            switch (words.get(0)) {
                case "LISTEN" -> listeners.add(who);
                case "TELL" ->
                    words.subList(1, words.size())
                            .forEach(word -> listeners.forEach(
                                    each -> assertThat(each.offer(line(word))).isTrue()));
                default -> {
                    who.onClose(() -> events.add("end"));
                    who.close();
                    events.add("closed");
                }
            }
            return CompletableFuture.completedFuture(line("OK"));
        }
    }

    private static byte[] line(String word) {
        return ("+" + word + "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    @BeforeEach
    void start() {
        port = MoaPort.builder((request, call) ->
                        CompletableFuture.completedFuture(CallResponse.success(request.id(), Payload.json("1"))))
                .port(0)
                .respExtension(new Telling())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        port.close();
    }

    @Test
    void whatIsToldByTheLoopComesInOrder() throws Exception {
        try (RawClient listener = new RawClient(port.port());
                RawClient teller = new RawClient(port.port())) {
            listener.command("LISTEN");
            assertThat(listener.reply()).isEqualTo("+OK");

            RespSession session = listeners.iterator().next();
            for (int i = 0; i < 100; i++) {
                // the one waits for the loop, the others are the loop's own
                assertThat(session.offer(line("a" + i))).isTrue();
                teller.command("TELL", "b" + i, "c" + i);
                assertThat(teller.reply()).isEqualTo("+OK");

                assertThat(List.of(listener.reply(), listener.reply(), listener.reply()))
                        .containsExactly("+a" + i, "+b" + i, "+c" + i);
            }
        }
    }

    @Test
    void whatACommandTellsItsOwnConnectionComesBehindItsReply() throws Exception {
        try (RawClient listener = new RawClient(port.port())) {
            listener.command("LISTEN");
            listener.command("TELL", "a", "b");

            assertThat(List.of(listener.reply(), listener.reply(), listener.reply(), listener.reply()))
                    .containsExactly("+OK", "+OK", "+a", "+b");
        }
    }

    @Test
    void theEndIsToldLaterForWhoCausesItMayHoldLocks() throws Exception {
        try (RawClient client = new RawClient(port.port())) {
            client.command("LEAVE");

            await().untilAsserted(() -> assertThat(events).containsExactly("closed", "end"));
        }
    }
}
