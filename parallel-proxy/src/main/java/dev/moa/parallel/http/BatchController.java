package dev.moa.parallel.http;

import dev.moa.parallel.batch.Batch;
import dev.moa.parallel.batch.BatchObserver;
import dev.moa.parallel.batch.BatchProperties;
import dev.moa.parallel.batch.BatchReader;
import dev.moa.parallel.batch.BatchRefusedException;
import dev.moa.parallel.batch.BatchRunner;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.json.CallJson;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/batch}: many requests in, their responses out in the same order; 200 whatever became of each. */
@RestController
class BatchController {
    private static final byte[] START = "{\"results\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    private final BatchReader reader;
    private final BatchRunner runner;
    private final BatchProperties limits;
    private final BatchObserver observer;
    private final AtomicLong bytesInProgress = new AtomicLong();

    BatchController(BatchReader reader, BatchRunner runner, BatchProperties limits, BatchObserver observer) {
        this.reader = reader;
        this.runner = runner;
        this.limits = limits;
        this.observer = observer;
    }

    @PostMapping(
            path = "/v1/batch",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    CompletableFuture<ResponseEntity<byte[]>> run(
            HttpServletRequest request,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent)
            throws IOException {
        long startNanos = System.nanoTime();
        long reserved = reserve(request.getContentLengthLong());
        CompletableFuture<List<CallResponse>> answers;
        try {
            Batch batch = reader.read(body(request.getInputStream(), request.getContentLengthLong()));
            answers = runner.run(batch, traceparent);
        } catch (IOException | RuntimeException e) {
            bytesInProgress.addAndGet(-reserved);
            throw e;
        }
        return answers.whenComplete((responses, failure) -> bytesInProgress.addAndGet(-reserved))
                .thenApply(responses -> {
                    observer.finished(responses, System.nanoTime() - startNanos);
                    return ResponseEntity.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .body(pack(responses));
                });
    }

    /** Takes the batch's bytes from what all batches may hold together; a body of unknown length takes the most. */
    private long reserve(long contentLength) {
        long max = limits.maxSize().toBytes();
        if (contentLength > max) {
            throw tooLong(contentLength + " bytes");
        }
        long size = contentLength >= 0 ? contentLength : max;
        if (bytesInProgress.addAndGet(size) > limits.maxSizeInProgress().toBytes()) {
            bytesInProgress.addAndGet(-size);
            throw new BatchRefusedException(
                    429,
                    "batches: their bytes in progress would pass %d (moa.parallel.batch.max-size-in-progress); try again later"
                            .formatted(limits.maxSizeInProgress().toBytes()),
                    size + " bytes more",
                    limits.maxSizeInProgress().toBytes() + " bytes");
        }
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

    private static byte[] pack(List<CallResponse> responses) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + 128 * responses.size());
        out.writeBytes(START);
        for (int i = 0; i < responses.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(CallJson.writeResponse(responses.get(i)));
        }
        out.writeBytes(END);
        return out.toByteArray();
    }
}
