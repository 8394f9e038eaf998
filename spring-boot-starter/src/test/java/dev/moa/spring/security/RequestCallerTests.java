package dev.moa.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class RequestCallerTests {

    @Test
    void nameOfAnyAlphabetIsTheAuthorWhereNoTokenIsAskedFor() {
        assertThat(author("anna k.")).isEqualTo("anna k.");
        assertThat(author("%C5%81ukasz%20%E5%AE%89%E5%A8%9C")).isEqualTo("\u0141ukasz \u5b89\u5a1c");
    }

    @Test
    void whatIsNoNameIsNobodys() {
        for (String header : new String[] {"", "<script>", "%3Cscript%3E", "a%0Ab", "a+b", "%", "%zz", "%ff"}) {
            assertThat(author(header)).as(header).isEqualTo("local");
        }
    }

    private static String author(String header) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader(RequestCaller.ACTOR, header);
        return RequestCaller.author(request);
    }
}
