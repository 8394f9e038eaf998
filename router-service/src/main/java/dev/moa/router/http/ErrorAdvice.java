package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import dev.moa.router.store.StoreException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.exc.StreamConstraintsException;

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

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (!(failure.getMostSpecificCause() instanceof StreamConstraintsException tooMuch)) {
            return super.handleHttpMessageNotReadable(failure, headers, status, request);
        }
        HttpStatusCode tooLarge = HttpStatus.CONTENT_TOO_LARGE;
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(tooLarge, "body: " + tooMuch.getOriginalMessage());
        problem.setTitle("INVALID_ARGUMENT");
        problem.setProperty("limit", "spring.jackson.factory.constraints.read");
        problem.setProperty("todo", "send less in one request");
        return handleExceptionInternal(failure, problem, headers, tooLarge, request);
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
