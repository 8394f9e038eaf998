package dev.moa.router.http;

import dev.moa.protocol.MoaException;
import org.springframework.http.HttpStatusCode;
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
                ProblemDetail.forStatusAndDetail(HttpStatusCode.valueOf(400), String.valueOf(failure.getMessage()));
        problem.setTitle("INVALID_ARGUMENT");
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
