package dev.moa.protocol.http;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder with small limits, and without its mercy for requests that name two lengths: a proxy before us may
 * have gone by the other one (request smuggling).
 */
public final class StrictRequestDecoder extends HttpRequestDecoder {

    /** The longest request line, in bytes. */
    public static final int MAX_LINE_BYTES = 4 * 1024;

    /** All headers together, in bytes. */
    public static final int MAX_HEADER_BYTES = 16 * 1024;

    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    public StrictRequestDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxChunkSize(MAX_CHUNK_BYTES));
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding (expected: one of them)");
    }
}
