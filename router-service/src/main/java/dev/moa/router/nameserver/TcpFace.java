package dev.moa.router.nameserver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * DNS over TCP (RFC 7766): questions of one connection are answered one after the other, and the next is taken only
 * when the last answer has left, so that nobody makes the router keep answers that he does not read. The channel does
 * not read by itself.
 */
final class TcpFace extends ByteToMessageDecoder {
    private static final Logger log = LoggerFactory.getLogger(TcpFace.class);
    private static final int MAX_BYTES = 65_535;
    private static final int MAX_QUESTION_BYTES = 4_096;

    private final Answerer answerer;
    private int turn;
    private boolean isBusy;
    private boolean isDecoding;

    TcpFace(Answerer answerer) {
        this.answerer = answerer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (isBusy || in.readableBytes() < 2) {
            return;
        }
        int length = in.getUnsignedShort(in.readerIndex());
        if (length > MAX_QUESTION_BYTES) {
            in.skipBytes(in.readableBytes());
            ctx.close();
            return;
        }
        if (in.readableBytes() < 2 + length) {
            return;
        }
        Query query = Query.parse(in.skipBytes(2).readSlice(length));
        if (query == null) {
            ctx.close();
            return;
        }
        isBusy = true;
        isDecoding = true;
        answerer.answer(query, answer -> send(ctx, query, answer));
        isDecoding = false;
    }

    private void send(ChannelHandlerContext ctx, Query query, Answer answer) {
        ByteBuf out = ctx.alloc().ioBuffer(2 + Query.MAX_UDP_BYTES, 2 + MAX_BYTES);
        out.writeShort(0);
        if (!answer.write(query, out, MAX_BYTES, turn++)) {
            answerer.countTruncated();
            log.warn("{} does not fit into a DNS message: clients see only a part", query.labels());
        }
        out.setShort(0, out.readableBytes() - 2);
        ctx.writeAndFlush(out).addListener(done -> {
            if (done.isSuccess()) {
                goOn(ctx);
            } else {
                ctx.close();
            }
        });
    }

    private void goOn(ChannelHandlerContext ctx) throws Exception {
        isBusy = false;
        if (!isDecoding) {
            // what came meanwhile waits in the decoder; an answer given while decoding is followed up by its loop
            channelRead(ctx, Unpooled.EMPTY_BUFFER);
            channelReadComplete(ctx);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!isBusy) {
            ctx.read();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("DNS over TCP with {} ends: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }
}
