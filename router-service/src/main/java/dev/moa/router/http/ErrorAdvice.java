package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import dev.moa.router.store.StoreException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/** Tells every failure as a problem that names the value, the limit and what to do. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {
    private static final String TODO = "correct it and send it again; GET /v3/api-docs describes each request";

    // how every such message here is made
    private static final Pattern PARTS =
            Pattern.compile("(?<name>[^:]{1,60}): (?<value>.*) \\(expected: (?<limit>.*)\\)", Pattern.DOTALL);

    @ExceptionHandler
    ProblemDetail invalid(IllegalArgumentException failure) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(failure.getMessage()));
        problem.setTitle("INVALID_ARGUMENT");
        Matcher parts = PARTS.matcher(String.valueOf(failure.getMessage()));
        if (parts.matches()) {
            problem.setProperty("value", parts.group("value"));
            problem.setProperty("limit", parts.group("limit"));
        }
        problem.setProperty("todo", TODO);
        return problem;
    }

    @ExceptionHandler
    ProblemDetail undecodable(InvalidParameterException failure) {
        return problem(
                HttpStatus.BAD_REQUEST,
                "query",
                "not decodable",
                "UTF-8, percent-encoded",
                "write each byte that is no letter or digit as two hex digits, for example %7C for |");
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        if (failure.getMostSpecificCause() instanceof StreamConstraintsException tooMuch) {
            return reply(problem(
                    HttpStatus.CONTENT_TOO_LARGE,
                    "body",
                    Objects.requireNonNullElse(tooMuch.getOriginalMessage(), "too large"),
                    "spring.jackson.factory.constraints.read",
                    "send less in one request"));
        }
        // what a record says of its own values
        if (failure.getMostSpecificCause() instanceof IllegalArgumentException invalid) {
            return reply(invalid(invalid));
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JacksonException broken) {
                return reply(problem(HttpStatus.BAD_REQUEST, "body", where(broken), "JSON of this request", TODO));
            }
        }
        return reply(problem(HttpStatus.BAD_REQUEST, "body", "absent", "JSON", "send a JSON body"));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        String name = failure.getParameterName();
        return reply(problem(
                HttpStatus.BAD_REQUEST,
                name,
                "absent",
                "a query parameter",
                "add ?%s=… to the address".formatted(name)));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        boolean isFlag = failure.getRequiredType() == boolean.class || failure.getRequiredType() == Boolean.class;
        return reply(problem(
                HttpStatus.BAD_REQUEST,
                Objects.requireNonNullElse(failure.getPropertyName(), "parameter"),
                String.valueOf(failure.getValue()),
                isFlag ? "true or false" : "a whole number",
                TODO));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return reply(problem(
                status,
                "Content-Type",
                String.valueOf(failure.getContentType()),
                "application/json",
                "send the header Content-Type: application/json"));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotAcceptable(
            HttpMediaTypeNotAcceptableException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return reply(problem(
                status,
                "Accept",
                String.valueOf(request.getHeader(HttpHeaders.ACCEPT)),
                String.valueOf(failure.getSupportedMediaTypes()),
                "send another header Accept, or none"));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        ProblemDetail problem = problem(
                status,
                "method",
                failure.getMethod(),
                String.valueOf(failure.getSupportedHttpMethods()),
                "GET /v3/api-docs describes each request");
        return ResponseEntity.status(status).headers(headers).body(problem);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return reply(problem(
                status,
                "path",
                "/" + failure.getResourcePath(),
                "one that the router serves, for example /v1/lookup?service=/service/user",
                "GET /v3/api-docs lists them"));
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

    /** Which field, or where in the text; not Jackson's words, which name classes. */
    private static String where(JacksonException broken) {
        String path = broken.getPath().stream()
                .map(each ->
                        each.getPropertyName() == null ? "[" + each.getIndex() + "]" : "." + each.getPropertyName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
        String place = broken.getLocation() == null || broken.getLocation().getLineNr() < 1
                ? ""
                : " at line %d, column %d"
                        .formatted(
                                broken.getLocation().getLineNr(),
                                broken.getLocation().getColumnNr());
        return (path.isEmpty() ? "not readable" : path + " is of another kind") + place;
    }

    private static ProblemDetail problem(HttpStatusCode status, String name, String value, String limit, String todo) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(status, "%s: %s (expected: %s)".formatted(name, value, limit));
        if (status.value() == 400 || status.value() == 413) {
            problem.setTitle("INVALID_ARGUMENT");
        }
        problem.setProperty("value", value);
        problem.setProperty("limit", limit);
        problem.setProperty("todo", todo);
        return problem;
    }

    private static ResponseEntity<Object> reply(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus()).body(problem);
    }
}
