package dev.moa.registry.http;

import dev.moa.protocol.StatusCode;
import dev.moa.registry.Refusal;
import java.util.Objects;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
import tools.jackson.core.TokenStreamLocation;

/** Tells every failure as a problem that names the value, the limit and what to do. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ErrorAdvice.class);

    @ExceptionHandler
    ResponseEntity<Object> refused(Refusal refusal) {
        return refused(refusal, HttpStatusCode.valueOf(refusal.code().httpStatus()));
    }

    private static ResponseEntity<Object> refused(Refusal refusal, HttpStatusCode status) {
        ProblemDetail problem = problem(refusal, status.value());
        ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.getStatus());
        if (refusal.code() == StatusCode.UNAVAILABLE) {
            response.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return response.body(problem);
    }

    static ProblemDetail problem(Refusal refusal, int status) {
        ProblemDetail problem = ProblemDetail.forStatus(status);
        problem.setDetail(Objects.requireNonNull(refusal.getMessage()));
        problem.setTitle(refusal.title());
        refusal.particulars().forEach(problem::setProperty);
        return problem;
    }

    @ExceptionHandler
    ResponseEntity<Object> failed(Exception failure) {
        log.error("A request failed", failure);
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.INTERNAL_SERVER_ERROR, "the registry made a mistake; its log says which");
        problem.setProperty("todo", "try again; if it stays, report it with the registry's log");
        return ResponseEntity.internalServerError().body(problem);
    }

    @ExceptionHandler
    ResponseEntity<Object> undecodable(InvalidParameterException failure) {
        return refused(Refusal.invalid(
                "query",
                "not decodable",
                "UTF-8, percent-encoded",
                "write each byte that is no letter or digit as two hex digits, for example %7C for |"));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotAcceptable(
            HttpMediaTypeNotAcceptableException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return problem(
                failure.getBody(),
                String.valueOf(request.getHeader(HttpHeaders.ACCEPT)),
                String.valueOf(failure.getSupportedMediaTypes()),
                "send another header Accept, or none",
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        // Jackson wraps what its source throws
        if (failure.getMostSpecificCause() instanceof BodyTooLargeException tooLarge) {
            return refused(tooLarge.refusal(), HttpStatus.CONTENT_TOO_LARGE);
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JacksonException broken) {
                return refused(Refusal.invalid(
                        "body",
                        where(broken),
                        "JSON, nested at most 20 deep",
                        Objects.requireNonNullElse(broken.getOriginalMessage(), "correct the JSON")));
            }
        }
        return refused(Refusal.invalid("body", "absent", "JSON", "send a JSON body"));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleMissingServletRequestParameter(
            MissingServletRequestParameterException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        String name = failure.getParameterName();
        return refused(
                Refusal.invalid(name, "absent", "a query parameter", "add ?%s=… to the address".formatted(name)));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMediaTypeNotSupported(
            HttpMediaTypeNotSupportedException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return problem(
                failure.getBody(),
                String.valueOf(failure.getContentType()),
                "application/json",
                "send the header Content-Type: application/json",
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpRequestMethodNotSupported(
            HttpRequestMethodNotSupportedException failure,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return problem(
                failure.getBody(),
                failure.getMethod(),
                String.valueOf(failure.getSupportedHttpMethods()),
                "see /v3/api-docs",
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleNoResourceFoundException(
            NoResourceFoundException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        ProblemDetail problem = failure.getBody();
        problem.setDetail("/%s is no path of the registry".formatted(failure.getResourcePath()));
        return problem(
                problem,
                failure.getResourcePath(),
                "/v1/instances, /v1/leases, /v1/services, /v1/changes, /v1/watch",
                "see /v3/api-docs",
                headers);
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleTypeMismatch(
            TypeMismatchException failure, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        boolean isFlag = failure.getRequiredType() == boolean.class || failure.getRequiredType() == Boolean.class;
        return refused(Refusal.invalid(
                Objects.requireNonNullElse(failure.getPropertyName(), "parameter"),
                failure.getValue(),
                isFlag ? "true or false" : "a whole number",
                "see /v3/api-docs"));
    }

    private static String where(JacksonException broken) {
        TokenStreamLocation location = broken.getLocation();
        return location == null || location.getLineNr() < 1
                ? "not readable"
                : "not readable at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
    }

    private static ResponseEntity<Object> problem(
            ProblemDetail problem, String value, String limit, String todo, HttpHeaders headers) {
        problem.setProperty("value", value);
        problem.setProperty("limit", limit);
        problem.setProperty("todo", todo);
        return ResponseEntity.status(problem.getStatus()).headers(headers).body(problem);
    }
}
