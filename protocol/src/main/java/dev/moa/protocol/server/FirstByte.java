package dev.moa.protocol.server;

import dev.moa.protocol.frame.Frame;
import dev.moa.protocol.http.StrictRequestDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All there is of a connection until its first byte tells what it speaks: {@code *} RESP, 0x16 TLS, the moa magic
 * frames, {@code A}-{@code Z} HTTP. Inside TLS it looks once more. Where TLS is set up, nothing else is served.
 */
final class FirstByte extends ChannelInboundHandlerAdapter implements Farewell {

    private static final Logger log = LoggerFactory.getLogger(FirstByte.class);
    private static final int TLS_HANDSHAKE = 0x16;

    private final Peer peer;
    private final RespCommands commands;
    private final @Nullable SslContext ssl;

    /** @param ssl what a connection must speak TLS by; null where it must not, or already does */
    FirstByte(Peer peer, RespCommands commands, @Nullable SslContext ssl) {
        this.peer = peer;
        this.commands = commands;
        this.ssl = ssl;
        peer.speaks("?", this);
    }

    @Override
    public void goAway(Goodbye goodbye) {
        peer.desk().goodbyeEnds();
    }

    /** Nothing has been asked: the peer reads the end where it would read an answer. */
    @Override
    public void hangUp(boolean evenIdle) {
        ChannelPipeline pipeline = peer.channel().pipeline();
        if (evenIdle && pipeline.context(this) != null) {
            pipeline.remove(this);
            LastWords.say(peer.channel(), Unpooled.EMPTY_BUFFER);
        }
        if (pipeline.context(this) == null) {
            peer.goodbyeSaid();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (!in.isReadable()) {
            in.release();
            return;
        }
        int first = in.getUnsignedByte(in.readerIndex());
        ChannelPipeline pipeline = ctx.pipeline();
        if (first == TLS_HANDSHAKE && ssl != null) {
            SslHandler tls = ssl.newHandler(ctx.alloc());
            tls.setHandshakeTimeoutMillis(
                    peer.desk().limits().handshakeTimeout().toMillis());
            pipeline.addLast(tls, new FirstByte(peer, commands, null));
        } else if (ssl != null) {
            refuse(ctx, in, "-ERR this port speaks TLS only\r\n");
            return;
        } else if (first == '*') {
            pipeline.addLast(new RespConnection(peer, commands));
        } else if (first == Frame.MAGIC) {
            pipeline.addLast(new FrameConnection(peer, commands.portName()));
        } else if (first >= 'A' && first <= 'Z') {
            StrictRequestDecoder decoder = new StrictRequestDecoder();
            pipeline.addLast(decoder, new HttpResponseEncoder(), new HttpConnection(peer, decoder));
        } else {
            refuse(
                    ctx,
                    in,
                    "-ERR Protocol error: expected RESP ('*'), a moa frame or HTTP, got byte 0x%02x\r\n"
                            .formatted(first));
            return;
        }
        pipeline.remove(this);
        ctx.fireChannelRead(message);
    }

    private void refuse(ChannelHandlerContext ctx, ByteBuf in, String reply) {
        log.debug("{} is refused: {}", peer.address(), reply.strip());
        in.release();
        ctx.pipeline().remove(this);
        LastWords.say(ctx.channel(), Unpooled.copiedBuffer(reply, StandardCharsets.US_ASCII));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("The connection with {} broke: {}", peer.address(), cause.toString());
        ctx.close();
    }
}
