package dev.moa.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.moa.spring.security.InsecureSettingException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry that others can reach does not start open. */
class OpenHostTests {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "REST,               --server.address=0.0.0.0,  --a=b,                                             server.address: 0.0.0.0 is reachable by others",
        "the moa port,       --moa.server.host=0.0.0.0, --a=b,                                             moa.server.host: 0.0.0.0 is reachable by others",
        "a default secret,   --server.address=0.0.0.0,  --moa.security.tokens.ops.secret=changemechangeme, everybody knows",
        "no secret,          --server.address=0.0.0.0,  --moa.security.tokens.ops.role=operator,           no secret",
        "the same one twice, --moa.security.tokens.a.secret=one-and-the-same-7, --moa.security.tokens.b.secret=one-and-the-same-7, the secret of another token"
    })
    void refusesToStartAndNamesTheSetting(String name, String open, String more, String words) {
        Throwable refused = catchThrowable(() -> new RegistryApp("redis://127.0.0.1:1", open, more).close());

        assertThat(refused).isNotNull();
        Throwable cause = refused;
        while (!(cause instanceof InsecureSettingException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(InsecureSettingException.class).hasMessageContaining(words);
    }
}
