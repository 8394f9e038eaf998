package dev.moa.router.nameserver;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** DNS over UDP: one datagram in, at most one out, never larger than the sender asked for nor than 1,232 bytes. */
final class UdpFace extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final Logger log = LoggerFactory.getLogger(UdpFace.class);

    private final Answerer answerer;
    private final Admission admission;
    private final AnswerRate rate;
    private final AtomicInteger turn = new AtomicInteger();

    UdpFace(Answerer answerer, Admission admission, AnswerRate rate) {
        this.answerer = answerer;
        this.admission = admission;
        this.rate = rate;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
        InetSocketAddress sender = packet.sender();
        Query query = Query.parse(packet.content());
        if (query == null || sender.getPort() == 0 || !ctx.channel().isWritable()) {
            answerer.countDropped();
            return;
        }
        long second = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
        switch (rate.judge(sender.getAddress(), second)) {
            case DROP -> answerer.countDropped();
            case TRUNCATE -> {
                ByteBuf out = ctx.alloc().ioBuffer(Query.HEADER_BYTES + query.question().length);
                Answer.writeTruncated(query, out);
                answerer.countTruncated();
                ctx.write(new DatagramPacket(out, sender), ctx.voidPromise());
            }
            case ANSWER -> {
                if (!admission.allows(sender)) {
                    send(ctx, query, Answer.failure(Rcode.REFUSED), sender);
                } else {
                    answerer.answer(query, answer -> send(ctx, query, answer, sender));
                }
            }
        }
    }

    private void send(ChannelHandlerContext ctx, Query query, Answer answer, InetSocketAddress to) {
        ByteBuf out = ctx.alloc().ioBuffer(query.maxUdpBytes());
        if (!answer.write(query, out, query.maxUdpBytes(), turn.getAndIncrement())) {
            answerer.countTruncated();
        }
        DatagramPacket reply = new DatagramPacket(out, to);
        if (ctx.executor().inEventLoop()) {
            ctx.write(reply, ctx.voidPromise());
        } else {
            ctx.writeAndFlush(reply, ctx.voidPromise());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // one sender's trouble (an unreachable port, say) must not end the socket of all
        log.debug("DNS over UDP: {}", cause.toString());
    }
}
