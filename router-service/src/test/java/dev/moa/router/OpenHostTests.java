package dev.moa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.moa.spring.security.InsecureSettingException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A router that others can reach does not start with a face of it open. */
class OpenHostTests {
    private static final String TOKEN = "--moa.security.tokens.ops.secret=";

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "REST,                          --server.address=0.0.0.0,                server.address",
        "moa RESP and Sentinel port,    --moa.server.host=0.0.0.0,               moa.server.host",
        "DNS,                           --moa.router.name-server.host=0.0.0.0,   moa.router.name-server.host"
    })
    void refusesToStartAndNamesTheSetting(String face, String open, String setting) {
        assertRefused(setting + ": 0.0.0.0 is reachable by others", open);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "DNS stays closed though the other faces have a token, --moa.router.name-server.host=0.0.0.0, dns-token-19f3c7e5a1, DNS knows no credentials",
        "a short secret,              --moa.server.host=0.0.0.0, short,                                                          secret of 5 characters",
        "a secret that everybody knows, --moa.server.host=0.0.0.0, changemechangeme,                                             everybody knows",
        "the default key of another registry, --server.address=0.0.0.0, SecretKey012345678901234567890123456789012345678901234567890123456789, everybody knows"
    })
    void weakSecretsDoNotOpenIt(String name, String open, String secret, String words) {
        assertRefused(words, open, TOKEN + secret);
    }

    private void assertRefused(String words, String... settings) {
        Throwable refused = catchThrowable(() ->
                RunningRouter.start("redis://127.0.0.1:1", directory, settings).close());

        assertThat(refused).isNotNull();
        Throwable cause = refused;
        while (!(cause instanceof InsecureSettingException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(InsecureSettingException.class).hasMessageContaining(words);
    }
}
