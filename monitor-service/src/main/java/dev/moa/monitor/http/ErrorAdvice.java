package dev.moa.monitor.http;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns failures into {@code application/problem+json}. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ProblemDetail invalid(IllegalArgumentException failure) {
        ProblemDetail problem =
                ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(failure.getMessage()));
        problem.setTitle("INVALID_ARGUMENT");
        return problem;
    }

    /** The store is closed or failed. */
    @ExceptionHandler
    ProblemDetail unavailable(IllegalStateException failure) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatus.SERVICE_UNAVAILABLE, "the minutes cannot be read now; the log of the monitor says why");
        problem.setTitle("UNAVAILABLE");
        problem.setProperty("todo", "try again; look at /actuator/health of the monitor");
        logger.error("A query failed", failure);
        return problem;
    }
}
