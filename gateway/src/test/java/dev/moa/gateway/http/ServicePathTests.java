package dev.moa.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ServicePathTests {

    @Test
    void theLongestNameComesFirst() {
        assertThat(ServicePath.candidates("/http/service/php-hello/some/path"))
                .extracting(path -> path.service() + " " + path.rest())
                .containsExactly(
                        "/service/php-hello/some/path /",
                        "/service/php-hello/some /path",
                        "/service/php-hello /some/path",
                        "/service /php-hello/some/path");
    }

    @Test
    void aSegmentThatIsNoNameEndsTheSearchAndStaysAsItCame() {
        assertThat(ServicePath.candidates("/http/service/php/A%2Fb/.."))
                .extracting(path -> path.service() + " " + path.rest())
                .containsExactly("/service/php /A%2Fb/..", "/service /php/A%2Fb/..");
    }

    @Test
    void aTrailingSlashBelongsToTheService() {
        assertThat(ServicePath.candidates("/http/a/"))
                .extracting(ServicePath::rest)
                .containsExactly("/");
    }

    @Test
    void aPathThatNamesNothingHasNoCandidate() {
        assertThat(ServicePath.candidates("/http")).isEmpty();
        assertThat(ServicePath.candidates("/http/")).isEmpty();
        assertThat(ServicePath.candidates("/http//x")).isEmpty();
    }

    @Test
    void aVeryLongPathIsNotLookedForSegmentBySegment() {
        assertThat(ServicePath.candidates("/http" + "/a".repeat(1000))).hasSize(8);
    }
}
