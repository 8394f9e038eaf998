package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import dev.moa.router.store.StoreException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns failures into {@code application/problem+json}. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {
    // how every such message here is made
    private static final Pattern PARTS =
            Pattern.compile("(?<name>[^:]{1,60}): (?<value>.*) \\(expected: (?<limit>.*)\\)", Pattern.DOTALL);

    @ExceptionHandler
    ProblemDetail invalid(IllegalArgumentException failure) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(400), String.valueOf(failure.getMessage()));
        problem.setTitle("INVALID_ARGUMENT");
        Matcher parts = PARTS.matcher(String.valueOf(failure.getMessage()));
        if (parts.matches()) {
            problem.setProperty("value", parts.group("value"));
            problem.setProperty("limit", parts.group("limit"));
        }
        problem.setProperty("todo", "correct it and send it again; GET /v3/api-docs describes each request");
        return problem;
    }

    @ExceptionHandler
    ProblemDetail away(StoreException failure) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(503), "Redis does not answer the router: " + failure.getMessage());
        problem.setTitle("UNAVAILABLE");
        problem.setProperty("todo", "lookups go on without it; ask again when GET /actuator/health is UP");
        return problem;
    }

    @ExceptionHandler
    ProblemDetail failed(MoaException failure) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(failure.code().httpStatus()), String.valueOf(failure.getMessage()));
        problem.setTitle(failure.code().name());
        return problem;
    }
}
