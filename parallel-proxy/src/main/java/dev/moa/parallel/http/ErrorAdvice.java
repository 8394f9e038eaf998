package dev.moa.parallel.http;

import dev.moa.parallel.batch.BatchRefusedException;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns failures into {@code application/problem+json}. */
@RestControllerAdvice
class ErrorAdvice extends ResponseEntityExceptionHandler {

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(BatchRefusedException refusal) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(refusal.status()), String.valueOf(refusal.getMessage()));
        problem.setTitle(
                switch (refusal.status()) {
                    case 413 -> "batch too large";
                    case 429 -> "too many batches";
                    default -> "not a batch";
                });
        problem.setProperty("value", refusal.value());
        problem.setProperty("limit", refusal.limit());
        return ResponseEntity.status(refusal.status()).body(problem);
    }
}
