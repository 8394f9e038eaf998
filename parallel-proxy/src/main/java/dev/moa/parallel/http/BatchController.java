package dev.moa.parallel.http;

import dev.moa.parallel.batch.Batch;
import dev.moa.parallel.batch.BatchObserver;
import dev.moa.parallel.batch.BatchProperties;
import dev.moa.parallel.batch.BatchReader;
import dev.moa.parallel.batch.BatchRefusedException;
import dev.moa.parallel.batch.BatchResult;
import dev.moa.parallel.batch.BatchRunner;
import dev.moa.parallel.batch.BytesInProgress;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/batch}: many requests in, their responses out in the same order; 200 whatever became of each. */
@RestController
class BatchController {
    private final BatchReader reader;
    private final BatchRunner runner;
    private final BatchProperties limits;
    private final BatchObserver observer;
    private final BytesInProgress bytes;

    BatchController(
            BatchReader reader,
            BatchRunner runner,
            BatchProperties limits,
            BytesInProgress bytes,
            BatchObserver observer) {
        this.reader = reader;
        this.runner = runner;
        this.limits = limits;
        this.bytes = bytes;
        this.observer = observer;
    }

    @PostMapping(
            path = "/v1/batch",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<BatchResult>> run(
            HttpServletRequest request,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent)
            throws IOException {
        long startNanos = System.nanoTime();
        long reserved = reserve(request.getContentLengthLong());
        CompletableFuture<BatchResult> answers;
        try {
            Batch batch = reader.read(body(request.getInputStream(), request.getContentLengthLong()));
            answers = runner.run(batch, traceparent);
        } catch (IOException | RuntimeException e) {
            bytes.giveRequestBack(reserved);
            throw e;
        }
        return answers.whenComplete((result, failure) -> bytes.giveRequestBack(reserved))
                .thenApply(result -> {
                    observer.finished(result.responses(), System.nanoTime() - startNanos);
                    return ResponseEntity.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(result);
                });
    }

    /** Takes the batch's bytes from what all batches may hold together; a body of unknown length takes the most. */
    private long reserve(long contentLength) {
        long max = limits.maxSize().toBytes();
        if (contentLength > max) {
            throw tooLong(contentLength + " bytes");
        }
        long size = contentLength >= 0 ? contentLength : max;
        bytes.takeRequest(size);
        return size;
    }

    private byte[] body(InputStream in, long contentLength) throws IOException {
        int max = (int) limits.maxSize().toBytes();
        if (contentLength >= 0) {
            return in.readNBytes((int) contentLength);
        }
        byte[] body = in.readNBytes(max);
        if (in.read() >= 0) {
            throw tooLong("more than " + max + " bytes");
        }
        return body;
    }

    private BatchRefusedException tooLong(String value) {
        long max = limits.maxSize().toBytes();
        return new BatchRefusedException(
                413,
                "body: %s (expected: at most %d bytes); split the batch".formatted(value, max),
                value,
                max + " bytes");
    }
}
