package dev.moa.parallel.http;

import dev.moa.parallel.batch.BatchResult;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.json.CallJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.AbstractHttpMessageConverter;
import org.springframework.http.converter.HttpMessageNotReadableException;

/** Writes {@code {"results":[…]}} response by response, so that no second copy of them all is made. */
final class BatchResultWriter extends AbstractHttpMessageConverter<BatchResult> {
    private static final byte[] START = "{\"results\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

    BatchResultWriter() {
        super(MediaType.APPLICATION_JSON);
    }

    @Override
    protected boolean supports(Class<?> type) {
        return type == BatchResult.class;
    }

    @Override
    public boolean canRead(Class<?> type, @Nullable MediaType mediaType) {
        return false;
    }

    @Override
    protected BatchResult readInternal(Class<? extends BatchResult> type, HttpInputMessage message) {
        throw new HttpMessageNotReadableException("results are written only", message);
    }

    @Override
    protected void writeInternal(BatchResult result, HttpOutputMessage message) throws IOException {
        try (result) {
            OutputStream out = message.getBody();
            out.write(START);
            boolean isFirst = true;
            for (CallResponse response : result.responses()) {
                if (!isFirst) {
                    out.write(',');
                }
                isFirst = false;
                out.write(CallJson.writeResponse(response));
            }
            out.write(END);
            out.flush();
        }
    }
}
