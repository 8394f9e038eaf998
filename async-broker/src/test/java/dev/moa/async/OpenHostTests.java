package dev.moa.async;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;

/** A broker that others can reach does not start open. */
class OpenHostTests {

    @ParameterizedTest
    @CsvSource({
        "--server.address=0.0.0.0,  --a=b,                                             server.address: 0.0.0.0 is reachable by others",
        "--moa.server.host=0.0.0.0, --a=b,                                             moa.server.host: 0.0.0.0 is reachable by others",
        "--server.address=0.0.0.0,  --moa.security.tokens.ops.secret=changemechangeme, everybody knows"
    })
    void refusesToStartAndNamesTheSetting(String open, String more, String words) {
        assertThatThrownBy(() -> SpringApplication.run(
                                AsyncBrokerApplication.class, "--server.port=0", "--moa.server.port=0", open, more)
                        .close())
                .hasStackTraceContaining(words);
    }
}
