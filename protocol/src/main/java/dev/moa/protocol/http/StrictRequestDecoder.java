package dev.moa.protocol.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.List;

/**
 * Netty's decoder with small limits, and without its mercy for requests that name two lengths: a proxy before us may
 * have gone by the other one (request smuggling).
 */
public final class StrictRequestDecoder extends HttpRequestDecoder {

    /** The longest request line, in bytes. */
    public static final int MAX_LINE_BYTES = 4 * 1024;

    /** All headers together, in bytes. */
    public static final int MAX_HEADER_BYTES = 16 * 1024;

    /** As many headers; each costs far more memory than its shortest form has bytes. */
    public static final int MAX_HEADERS = 100;

    private static final int MAX_CHUNK_BYTES = 64 * 1024;

    private boolean between = true;

    public StrictRequestDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxChunkSize(MAX_CHUNK_BYTES)
                .setHeadersFactory(FEW)
                .setTrailersFactory(FEW));
    }

    /** Returns whether nothing of a request has come whose end has not. */
    public boolean isBetweenRequests() {
        return between && actualReadableBytes() == 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        int before = in.readerIndex();
        super.decode(ctx, in, out);
        if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
            between = true;
        } else if (in.readerIndex() != before || !out.isEmpty()) {
            between = false;
        }
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both Content-Length and Transfer-Encoding (expected: one of them)");
    }

    private static final HttpHeadersFactory FEW = new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
            return new FewHeaders();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return new FewHeaders();
        }
    };

    private static final class FewHeaders extends DefaultHttpHeaders {
        private int count;

        @Override
        public HttpHeaders add(CharSequence name, Object value) {
            if (++count > MAX_HEADERS) {
                throw new TooLongHttpHeaderException("more than " + MAX_HEADERS + " headers");
            }
            return super.add(name, value);
        }
    }
}
