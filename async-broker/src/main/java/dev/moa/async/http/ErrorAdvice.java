package dev.moa.async.http;

import dev.moa.async.task.TaskProblem;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.StatusCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Tells failures as {@code application/problem+json}: the value, the limit, what to do. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {

    @ExceptionHandler(MoaException.class)
    ResponseEntity<ProblemDetail> moa(MoaException e) {
        String message = e.getMessage();
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(e.code().httpStatus()),
                message == null ? e.code().name() : message);
        problem.setTitle(e.code().name());
        if (e instanceof TaskProblem task) {
            problem.setProperty("value", task.value());
            problem.setProperty("limit", task.limit());
            problem.setProperty("todo", task.todo());
        }
        HttpHeaders headers = new HttpHeaders();
        if (e.code() == StatusCode.UNAVAILABLE) {
            headers.set(HttpHeaders.RETRY_AFTER, "1");
        }
        return new ResponseEntity<>(problem, headers, problem.getStatus());
    }

    @ExceptionHandler(IllegalArgumentException.class)
    ResponseEntity<ProblemDetail> argument(IllegalArgumentException e) {
        String message = e.getMessage();
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(400), message == null ? "a wrong argument" : message);
        problem.setTitle(StatusCode.INVALID_ARGUMENT.name());
        return new ResponseEntity<>(problem, HttpStatusCode.valueOf(400));
    }
}
