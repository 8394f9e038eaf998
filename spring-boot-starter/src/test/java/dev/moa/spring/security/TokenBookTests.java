package dev.moa.spring.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.moa.protocol.Caller;
import dev.moa.protocol.ServiceName;
import dev.moa.spring.security.MoaSecurityProperties.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenBookTests {

    private static final String SECRET = "b8f1c04ab8d1e7a9";

    @Test
    void secretFromFileProvesItsCaller(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), SECRET + "\n");

        TokenBook book = read(Map.of("feed", new Token(null, file, Caller.Role.SERVICE, Set.of("/service/feed"))));

        assertThat(book.isRequired()).isTrue();
        assertThat(book.find(SECRET))
                .isEqualTo(new Caller("feed", Caller.Role.SERVICE, Set.of(ServiceName.of("/service/feed"))));
        assertThat(book.find(SECRET + "x")).isNull();
    }

    @Test
    void withoutTokensNobodyIsAsked() {
        assertThat(read(Map.of()).isRequired()).isFalse();
    }

    @Test
    void shortSecretIsRefusedByTheNameOfItsSetting() {
        assertThatThrownBy(() -> read(Map.of("ops", token("short"))))
                .isInstanceOf(InsecureSettingException.class)
                .hasMessageContaining("moa.security.tokens.ops")
                .hasMessageContaining("5 characters")
                .hasMessageNotContaining("short ");
    }

    @Test
    void secretThatEverybodyKnowsIsRefused() {
        for (String known : List.of("changemechangeme", "PasswordPassword", "aaaaaaaaaaaaaaaaaaaa")) {
            assertThatThrownBy(() -> read(Map.of("ops", token(known))))
                    .hasMessageContaining("everybody knows")
                    .hasMessageNotContaining(known);
        }
    }

    @Test
    void twoTokensWithOneSecretAreRefused() {
        assertThatThrownBy(() -> read(Map.of("a", token(SECRET), "b", token(SECRET))))
                .hasMessageContaining("secret of another token");
    }

    @Test
    void tokenWithoutSecretIsRefused() {
        assertThatThrownBy(() -> read(Map.of("ops", new Token(null, null, Caller.Role.OPERATOR, Set.of()))))
                .hasMessageContaining("moa.security.tokens.ops")
                .hasMessageContaining("secret-file");
    }

    @Test
    void secretsAreNotInTheTextOfTheSettings() {
        MoaSecurityProperties settings =
                new MoaSecurityProperties(Map.of("ops", token(SECRET)), SECRET, null, true, List.of(), List.of());

        assertThat(settings.toString()).doesNotContain(SECRET).contains("ops");
    }

    @Test
    void openPortNeedsAToken() {
        TokenBook open = read(Map.of());

        assertThatThrownBy(() -> BindGuard.check("moa.server.host", "0.0.0.0", open))
                .isInstanceOf(InsecureSettingException.class)
                .hasMessageContaining("moa.server.host")
                .hasMessageContaining("moa.security.tokens");
        assertThatThrownBy(() -> BindGuard.check("server.address", null, open)).hasMessageContaining("all addresses");
        BindGuard.check("moa.server.host", "127.0.0.1", open);
        BindGuard.check("moa.server.host", "0.0.0.0", read(Map.of("ops", token(SECRET))));
    }

    private static Token token(String secret) {
        return new Token(secret, null, Caller.Role.OPERATOR, Set.of());
    }

    private static TokenBook read(Map<String, Token> tokens) {
        return TokenBook.read(new MoaSecurityProperties(tokens, null, null, true, List.of(), List.of()));
    }
}
