package dev.moa.protocol.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection that the peer should learn the reason of. Closing a socket while the peer still sends makes
 * TCP reset it, and the reset can overtake the last bytes. So only the sending half is closed; what the peer sends
 * after that is dropped, until it closes too or two seconds have passed.
 */
@ChannelHandler.Sharable
final class LastWords extends ChannelInboundHandlerAdapter {

    private static final int LINGER_SECONDS = 2;
    private static final LastWords DROP_ALL = new LastWords();

    private LastWords() {}

    /** Sends {@code words} and ends the connection, whose handlers have all been removed. */
    static void say(Channel channel, ByteBuf words) {
        channel.pipeline().addLast(DROP_ALL);
        endAfter(channel.writeAndFlush(words));
    }

    /**
     * Writes {@code last} and ends the connection in the same breath: where the system can, the end travels with the
     * last bytes, so that a caller who has read its answer knows already that it must not send the next request here.
     */
    static ChannelFuture endBehind(ChannelHandlerContext ctx, Object last) {
        if (ctx.channel() instanceof EpollSocketChannel socket && socket.isActive()) {
            // held back until the end of output lets it go
            socket.config().setTcpCork(true);
        }
        ChannelFuture written = ctx.writeAndFlush(last);
        endAfter(written);
        return written;
    }

    /** Ends the connection once {@code lastWrite} is out; whoever handles it drops what still comes. */
    private static void endAfter(ChannelFuture lastWrite) {
        Channel channel = lastWrite.channel();
        channel.config().setAutoRead(true);
        // also if the write never ends: a peer that does not read is not waited for
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        lastWrite.addListener(done -> {
            boolean isPlain = channel.pipeline().get(SslHandler.class) == null;
            if (done.isSuccess() && isPlain && channel instanceof DuplexChannel duplex) {
                duplex.shutdownOutput();
            } else {
                channel.close();
            }
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
