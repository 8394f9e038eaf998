package dev.moa.router.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.server.RespSession;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Switches;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.store.RedisLink;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverNewsTests {
    private final SharedHash words = new SharedHash(
            new RedisLink(() -> {
                throw new IllegalStateException("no Redis here");
            }),
            "switches",
            "channel",
            "said",
            Switches::atMs,
            Clock.systemUTC());

    @Test
    void anEndIsHeardOfOnceHoweverOftenAConnectionSubscribes() {
        Session session = new Session();
        try (words;
                FailoverNews news =
                        new FailoverNews(new Lookup(List.of(), new Switches(words), (source, finding) -> {}))) {
            for (int i = 0; i < 3; i++) {
                news.subscriber(session);
                news.forget(session);
            }
            news.subscriber(session);

            assertThat(session.actions).hasSize(1);
            assertThat(news.waiting()).isEqualTo(1);
            session.actions.get(0).run();
            assertThat(news.waiting()).isZero();
        }
    }

    /** A connection that keeps whom it tells of its end. */
    private static final class Session implements RespSession {
        private final List<Runnable> actions = new ArrayList<>();

        @Override
        public long id() {
            return 7;
        }

        @Override
        public RespVersion version() {
            return RespVersion.RESP2;
        }

        @Override
        public SocketAddress address() {
            return new InetSocketAddress("127.0.0.1", 1);
        }

        @Override
        public String clientName() {
            return "";
        }

        @Override
        public void push(byte[] message) {}

        @Override
        public boolean offer(byte[] message) {
            return true;
        }

        @Override
        public void close() {}

        @Override
        public void onClose(Runnable action) {
            actions.add(action);
        }
    }
}
