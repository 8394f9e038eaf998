package dev.moa.protocol.server;

import dev.moa.protocol.io.Remainder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What RESP and moa frames have in common: bytes in, however they are cut; replies out, as few writes as can be;
 * and no more work taken than is allowed to be under way.
 *
 * <p>Everything runs on the connection's event loop, but {@link #wake()}.
 *
 * <ul>
 *   <li>In: a whole command or frame is taken from the buffer it came in. Only the rest of a buffer is kept, in a
 *       buffer of its own size, so an idle connection holds none.
 *   <li>Out: replies gather in one buffer. It is flushed when a read is done, and after a wake-up, which any number
 *       of calls that end on other threads share.
 *   <li>Limits: with too many calls in flight, or too many bytes that the peer does not read, the connection is
 *       not read from until half of them are gone; frames, whose PING and CANCEL must still come through, refuse
 *       further calls instead.
 * </ul>
 */
abstract class PeerConnection extends ChannelInboundHandlerAdapter {

    private static final Logger log = LoggerFactory.getLogger(PeerConnection.class);
    // Netty pools buffers up to 16 KiB by size; larger ones, into which this one would grow, are made anew each time
    private static final int WRITE_BYTES = 8 * 1024;
    // of a message that is not whole yet, uncounted: as much as one read brings; more is refused where the port is full
    private static final int READ_BYTES = 64 * 1024;

    private final Peer peer;
    private final int maxInFlight;
    private final int maxInFlightBytes;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Runnable onWake = this::afterWake;
    private @Nullable ChannelHandlerContext context;
    private final Remainder remainder = new Remainder();
    private @Nullable ByteBuf out;
    private boolean paused;
    private boolean taking;
    private boolean closing;
    private boolean ended;
    private int inFlight;
    private long inFlightBytes;
    /** What the desk counts of a message that is not whole yet. */
    private long countedInput;

    PeerConnection(Peer peer) {
        this.peer = peer;
        this.maxInFlight = peer.desk().limits().maxInFlightPerConnection();
        this.maxInFlightBytes = peer.desk().limits().maxInFlightBytesPerConnection();
    }

    /** Takes what it can from {@code in}, while {@link #takesMore()}. */
    abstract void take(ByteBuf in);

    /** Appends the replies that are there to {@link #out()}, while {@link #hasRoom()}. */
    abstract void writeReplies();

    /**
     * Ends the connection, which sends a long message to a full port, with a reply that says so; may leave it open where
     * the message is refused once it is whole.
     */
    abstract void refuseInput(String why);

    /** Ends the calls whose caller is gone. */
    abstract void abandon();

    /** A reply is there of a call that has gone on after its caller; nothing is written any more. */
    void afterEnd() {}

    Peer peer() {
        return peer;
    }

    // ---- in

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (closing) {
            in.release();
            return;
        }
        takeAndKeep(remainder.before(onHeap(in, ctx)));
    }

    /** Parsing looks at every byte: one copy costs less than that many looks into memory outside of the heap. */
    private static ByteBuf onHeap(ByteBuf in, ChannelHandlerContext ctx) {
        if (in.hasArray()) {
            return in;
        }
        ByteBuf copy = ctx.alloc().heapBuffer(in.readableBytes());
        try {
            return copy.writeBytes(in);
        } finally {
            in.release();
        }
    }

    private void takeAndKeep(ByteBuf in) {
        countInput(0);
        try {
            if (!paused) {
                taking = true;
                take(in);
            }
        } catch (Throwable e) {
            in.release();
            throw e;
        } finally {
            taking = false;
        }
        if (closing) {
            in.release();
        } else {
            remainder.keep(in, context().alloc());
            // the first bytes of each do not count, or connections with a part each, strangers too, could fill the port
            countInput(Math.max(0, heldInput() - READ_BYTES));
            // while it is not read from, what waits here are whole messages, and not many
            if (!paused && countedInput > 0 && peer.desk().isFull(countedInput)) {
                refuseInput(peer.desk().fullness());
            }
        }
    }

    /** Returns whether commands of the peer are run right now. */
    boolean isTaking() {
        return taking;
    }

    private void countInput(long bytes) {
        if (bytes != countedInput) {
            peer.desk().held(bytes - countedInput);
            countedInput = bytes;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        peer.active();
        writeReplies();
        flush();
    }

    /** Returns whether another message may be taken; if not, the connection is not read from for a while. */
    boolean takesMore() {
        if (closing) {
            return false;
        }
        if (!paused && (!hasRoom() || (pausesWhenFull() && isFull()))) {
            paused = true;
            context().channel().config().setAutoRead(false);
        }
        return !paused;
    }

    /** Returns whether, when as many calls as may be are under way, further messages wait. */
    abstract boolean pausesWhenFull();

    /** Returns whether as many calls as may be are under way. */
    boolean isFull() {
        return inFlight >= maxInFlight || inFlightBytes >= maxInFlightBytes;
    }

    private void resume() {
        if (!paused || closing || ended || !hasRoom()) {
            return;
        }
        if (pausesWhenFull() && (isFull() || inFlight > maxInFlight / 2 || inFlightBytes > maxInFlightBytes / 2)) {
            return;
        }
        paused = false;
        ByteBuf rest = remainder.take();
        if (rest != null) {
            takeAndKeep(rest);
        }
        if (!paused && !closing) {
            context().channel().config().setAutoRead(true);
        }
    }

    /** Work is under way, or its reply waits for its turn. */
    void hold(int replies, int bytes) {
        if (inFlight == 0) {
            peer.busy(true);
        }
        inFlight += replies;
        inFlightBytes += bytes;
        peer.desk().held(bytes);
    }

    void letGo(int replies, int bytes) {
        inFlight -= replies;
        inFlightBytes -= bytes;
        peer.desk().held(-bytes);
        if (inFlight == 0) {
            peer.busy(false);
        }
    }

    int inFlight() {
        return inFlight;
    }

    long inFlightBytes() {
        return inFlightBytes;
    }

    // ---- out

    /** A reply is there. Safe for many threads; many replies share one wake-up. */
    void wake() {
        if (!woken.get() && woken.compareAndSet(false, true)) {
            peer.loop().execute(onWake);
        }
    }

    private void afterWake() {
        woken.set(false);
        if (ended) {
            afterEnd();
            return;
        }
        writeReplies();
        resume();
        flush();
    }

    /** Returns whether the peer reads its replies fast enough for another one. */
    boolean hasRoom() {
        return context().channel().isWritable();
    }

    /** Returns the buffer for replies. */
    ByteBuf out() {
        ByteBuf buffer = out;
        if (buffer != null && buffer.readableBytes() >= WRITE_BYTES) {
            out = null;
            context().write(buffer, context().voidPromise());
            buffer = null;
        }
        if (buffer == null) {
            buffer = context().alloc().heapBuffer(512);
            out = buffer;
        }
        return buffer;
    }

    void flush() {
        ByteBuf buffer = out;
        if (buffer != null) {
            out = null;
            context().writeAndFlush(buffer, context().voidPromise());
        } else {
            context().flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        boolean room = hasRoom();
        peer.stalled(!room);
        if (room) {
            wake();
        }
    }

    /** Stops reading, and closes once what has been written is out. */
    void closeAfterReplies() {
        if (closing) {
            return;
        }
        closing = true;
        ByteBuf buffer = out;
        out = null;
        LastWords.endBehind(context(), buffer == null ? Unpooled.EMPTY_BUFFER : buffer);
    }

    /** Returns how many bytes of a message that is not whole yet are held; from any thread, a moment old. */
    long inputBytes() {
        return remainder.bytes();
    }

    /** Returns how many bytes are held of messages that have not begun to run. */
    long heldInput() {
        return inputBytes();
    }

    /** Lets go of the bytes that have come and are not taken yet; more will not be taken either. */
    void dropInput() {
        remainder.release();
        countInput(0);
    }

    /** Returns whether bytes of the peer have come that are not taken yet. */
    boolean holdsInput() {
        return !remainder.isEmpty();
    }

    boolean isClosing() {
        return closing;
    }

    // ---- life

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        peer.input(this::inputBytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        end();
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        closing = true;
        remainder.release();
        countInput(0);
        if (out != null) {
            out.release();
            out = null;
        }
        abandon();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            log.debug("The connection with {} broke: {}", peer.address(), cause.toString());
        } else {
            log.warn("The connection with {} is closed after a failure of the port itself", peer.address(), cause);
        }
        ctx.close();
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return ctx;
    }
}
