package dev.moa.gateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.moa.protocol.Caller;
import dev.moa.protocol.Caller.Role;
import dev.moa.spring.security.MoaSecurityProperties;
import dev.moa.spring.security.MoaSecurityProperties.Token;
import dev.moa.spring.security.TokenBook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionsTests {

    private static final String SECRET = "7f3a2b1c9d8e6f50";
    private static final Caller ALICE = new Caller("alice", Role.OPERATOR, Set.of());
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aSessionIsWhoseTokenOpenedItUntilItIsOver() {
        String session = at(NOW, SECRET).open(ALICE, SECRET);

        assertThat(at(NOW.plus(Duration.ofMinutes(59)), SECRET).find(session)).isEqualTo(ALICE);
        assertThat(at(NOW.plus(Duration.ofMinutes(61)), SECRET).find(session)).isNull();
    }

    @Test
    void aSessionEndsWithItsToken() {
        String session = at(NOW, SECRET).open(ALICE, SECRET);

        assertThat(at(NOW, "another-secret-of-alice").find(session)).isNull();
    }

    @Test
    void nothingInASessionCanBeChanged() {
        Sessions sessions = at(NOW, SECRET);
        String[] parts = sessions.open(ALICE, SECRET).split("\\.");

        assertThat(sessions.find(parts[0] + "." + (Long.parseLong(parts[1]) + 1) + "." + parts[2]))
                .isNull();
        assertThat(sessions.find("Ym9i." + parts[1] + "." + parts[2])).isNull();
        assertThat(sessions.find(parts[0] + "." + parts[1] + ".x")).isNull();
        for (String nonsense : List.of("", ".", "..", "a.b", "a.b.c.d", "x".repeat(10_000))) {
            assertThat(sessions.find(nonsense)).isNull();
        }
    }

    @Test
    void aSessionDoesNotHoldTheToken() {
        assertThat(at(NOW, SECRET).open(ALICE, SECRET)).doesNotContain(SECRET);
    }

    private static Sessions at(Instant now, String secret) {
        TokenBook tokens = TokenBook.read(new MoaSecurityProperties(
                Map.of("alice", new Token(secret, null, Role.OPERATOR, Set.of())),
                null,
                null,
                false,
                List.of(),
                List.of()));
        return new Sessions(tokens, Duration.ofHours(1), Clock.fixed(now, ZoneOffset.UTC));
    }
}
