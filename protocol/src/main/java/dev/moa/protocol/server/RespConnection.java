package dev.moa.protocol.server;

import dev.moa.protocol.CallRequest;
import dev.moa.protocol.CallResponse;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.MoaException;
import dev.moa.protocol.json.CallJson;
import dev.moa.protocol.resp.RespException;
import dev.moa.protocol.resp.RespParser;
import dev.moa.protocol.resp.RespVersion;
import dev.moa.protocol.resp.RespWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks RESP. Its calls run all at once; its replies leave in the order of the commands.
 *
 * <p>A reply that is ready while none waits before it goes straight into the outbound buffer; the row of waiting
 * replies exists only where a call has not answered at once.
 */
final class RespConnection extends PeerConnection implements RespSession, Farewell {

    /** Whether the peer wants to be told where to go when the port goes, as CLIENT MAINT_NOTIFICATIONS has it. */
    enum MoveNotice {
        NONE,
        /** With the address of another instance. */
        ADDRESS,
        /** Without: it comes back to the address that it knows, behind which there is somebody else then. */
        NO_ADDRESS
    }

    // of messages that are not written yet, beyond which none is offered
    private static final int MAX_PUSHING_BYTES = 256 * 1024;

    private final AtomicInteger pushing = new AtomicInteger();
    private final RespParser parser = new RespParser();
    private final RespCommands commands;
    private final WaitingAnswers waitingAnswers;
    private RespVersion version = RespVersion.RESP2;
    private @Nullable ArrayDeque<RespReply> waiting;
    private @Nullable RespBlock block;
    private MoveNotice moveNotice = MoveNotice.NONE;
    private boolean last;
    private boolean leaving;
    private boolean saysGoodbye;
    private long arrivedNanos;
    private int refusedSecrets;
    private int commandsBeforeAuth;

    RespConnection(Peer peer, RespCommands commands) {
        super(peer);
        this.commands = commands;
        this.waitingAnswers = new WaitingAnswers(peer.desk());
        peer.speaks("resp", this);
        applyLimits();
    }

    @Override
    void take(ByteBuf in) {
        arrivedNanos = System.nanoTime();
        try {
            while (!last && takesMore() && parser.next(in)) {
                command();
                parser.clear();
            }
        } catch (RespException e) {
            refuseInput(String.valueOf(e.getMessage()));
        }
        if (last) {
            // nobody will look at it, and its replies may take long
            in.skipBytes(in.readableBytes());
        }
    }

    @Override
    void refuseInput(String why) {
        ByteBuf reply = beginReply();
        RespWriter.error(reply, "ERR " + why);
        endReply(reply);
        quit();
        // its replies may take long
        parser.clear();
        dropInput();
    }

    @Override
    boolean pausesWhenFull() {
        return true;
    }

    @Override
    boolean isFull() {
        return super.isFull() || waitingAnswers.isHalfFull();
    }

    /** Returns the answers that wait for their turn, or for the peer to read. */
    WaitingAnswers waitingAnswers() {
        return waitingAnswers;
    }

    private void command() {
        byte[] name = parser.element(0);
        boolean runsAtOnce = peer().isAdmitted() && block == null;
        if (runsAtOnce && parser.size() == 2 && isGet(name)) {
            peer().command("get");
            get(parser.element(1));
        } else if (runsAtOnce && parser.size() > 1 && isMget(name)) {
            peer().command("mget");
            answer(new RespBatch(this, new RespWords(parser.elements())));
        } else {
            ByteBuf reply = beginReply();
            RespReply later = commands.run(this, new RespWords(parser.elements()), reply);
            if (later == null) {
                endReply(reply);
            } else {
                answer(later);
            }
        }
    }

    private void answer(RespReply reply) {
        if (isNoneWaiting() && reply.isReady()) {
            reply.write(out());
            ended(reply.calls());
        } else {
            enqueue(reply);
        }
    }

    /** Starts the call of a {@code GET} whose reply leaves with others. */
    RespReply startGet(byte[] json) {
        CallDesk desk = peer().desk();
        try {
            CallRequest request = CallJson.readRequest(json);
            RespCall call = new RespCall(this, request.id(), deadline(request), json.length);
            desk.callStarted();
            if (call.startIfRoom(request, 0)) {
                call.waits();
            }
            return call;
        } catch (MoaException e) {
            ByteBuf reply = Unpooled.buffer(64);
            CallJson.writeResponseAsBulk(KeyPrefix.refusal(json, e), reply);
            return new RespReply.Done(ByteBufUtil.getBytes(reply));
        }
    }

    private void get(byte[] json) {
        CallDesk desk = peer().desk();
        CallRequest request;
        try {
            request = CallJson.readRequest(json);
        } catch (MoaException e) {
            ByteBuf reply = beginReply();
            CallJson.writeResponseAsBulk(KeyPrefix.refusal(json, e), reply);
            endReply(reply);
            return;
        }
        RespCall call = new RespCall(this, request.id(), deadline(request), json.length);
        desk.callStarted();
        boolean answered = call.startIfRoom(request, 0);
        if (answered && isNoneWaiting()) {
            CallResponse response = call.response();
            if (response != null) {
                CallJson.writeResponseAsBulk(response, out());
            }
            desk.callEnded();
            return;
        }
        if (answered) {
            call.waits();
        }
        enqueue(call);
    }

    /** Returns the deadline of a call; all that a read brought have come at the same moment, for one look at the clock. */
    Deadline deadline(CallRequest request) {
        return peer().desk().deadline(request.ctx().timeoutMs(), arrivedNanos);
    }

    private boolean isNoneWaiting() {
        return waiting == null || waiting.isEmpty();
    }

    private void enqueue(RespReply reply) {
        if (waiting == null) {
            waiting = new ArrayDeque<>();
        }
        waiting.add(reply);
        hold(Math.max(1, reply.calls()), reply.bytes());
    }

    private ByteBuf beginReply() {
        return isNoneWaiting() ? out() : Unpooled.buffer(64);
    }

    private void endReply(ByteBuf reply) {
        if (!isNoneWaiting()) {
            enqueue(new RespReply.Done(ByteBufUtil.getBytes(reply)));
        }
    }

    @Override
    void writeReplies() {
        ArrayDeque<RespReply> row = waiting;
        if (row != null) {
            for (RespReply head = row.peek(); head != null && head.isReady() && hasRoom(); head = row.peek()) {
                row.remove();
                head.write(out());
                letGo(Math.max(1, head.calls()), head.bytes());
                ended(head.calls());
            }
        }
        if ((last || leaving) && isNoneWaiting() && (last || isBetweenCommands())) {
            closeAfterReplies();
            peer().goodbyeSaid();
        }
    }

    @Override
    long inputBytes() {
        // the rest of a command that was refused is dropped as it comes
        return last ? 0 : super.inputBytes() + parser.heldBytes();
    }

    @Override
    long heldInput() {
        return inputBytes() + (block == null ? 0 : block.heldBytes());
    }

    private boolean isBetweenCommands() {
        return parser.isBetweenCommands() && !holdsInput() && block == null;
    }

    private void ended(int calls) {
        for (int i = 0; i < calls; i++) {
            peer().desk().callEnded();
        }
    }

    @Override
    void abandon() {
        ArrayDeque<RespReply> row = waiting;
        waiting = null;
        if (row != null) {
            for (RespReply reply : row) {
                reply.abandon();
                letGo(Math.max(1, reply.calls()), reply.bytes());
                ended(reply.calls());
            }
        }
    }

    /** Says MOVING to a peer that has asked for it; it leaves between two replies when it pleases. */
    @Override
    public void goAway(Goodbye goodbye) {
        if (!isClosing() && version == RespVersion.RESP3 && moveNotice != MoveNotice.NONE) {
            sayMoving(goodbye);
        }
        peer().desk().goodbyeEnds();
    }

    private void sayMoving(Goodbye goodbye) {
        boolean named = moveNotice == MoveNotice.ADDRESS;
        String target = named ? goodbye.successorOf(peer().host() + ' ' + peer().name()) : null;
        if (named && target == null) {
            // some clients fail where they expect an address: without one they learn it from the end of the connection
            return;
        }
        ByteBuf buffer = out();
        RespWriter.push(buffer, 4);
        RespWriter.bulk(buffer, "MOVING");
        RespWriter.integer(buffer, goodbye.number());
        RespWriter.integer(buffer, named ? goodbye.movingSeconds() : goodbye.quietSeconds());
        if (target == null) {
            RespWriter.nothing(buffer, version);
        } else {
            RespWriter.bulk(buffer, target);
        }
        flush();
    }

    @Override
    public void hangUp(boolean evenIdle) {
        leaving = true;
        if (isClosing()) {
            peer().goodbyeSaid();
        } else if (evenIdle) {
            writeReplies();
            flush();
        }
    }

    /** Takes no further command; closes once the replies so far are out. */
    void quit() {
        last = true;
        block(null);
        if (waiting != null && !waiting.isEmpty()) {
            return;
        }
        wake();
    }

    /** Counts a secret that was wrong; returns how many have been. */
    int countRefusedSecret() {
        return ++refusedSecrets;
    }

    /** Returns the commands since MULTI; null outside of one. */
    @Nullable
    RespBlock block() {
        return block;
    }

    void block(@Nullable RespBlock newBlock) {
        block = newBlock;
        peer().queued(newBlock == null ? -1 : 0);
    }

    /** Counts a command that came before AUTH; returns how many have. */
    int countCommandBeforeAuth() {
        return ++commandsBeforeAuth;
    }

    /** Sets whether it is told when the port goes. */
    void moveNotice(MoveNotice newNotice) {
        moveNotice = newNotice;
    }

    @Override
    public long id() {
        return peer().id();
    }

    @Override
    public SocketAddress address() {
        return peer().address();
    }

    @Override
    public String clientName() {
        return peer().name();
    }

    @Override
    public void onClose(Runnable action) {
        // later: who writes may hold locks of its own, and its write may be what notices the end
        peer().channel().closeFuture().addListener(closed -> peer().loop().execute(action));
    }

    @Override
    public void push(byte[] message) {
        if (!offer(message)) {
            // as Redis, which does not keep what a subscriber does not read
            close();
        }
    }

    @Override
    public void close() {
        peer().channel().close();
    }

    @Override
    public boolean offer(byte[] message) {
        if (!hasRoom() || pushing.get() >= MAX_PUSHING_BYTES) {
            return false;
        }
        pushed(message);
        return true;
    }

    private void pushed(byte[] message) {
        boolean isFirst = pushing.getAndAdd(message.length) == 0;
        RespReply reply = new RespReply.Pushed(message, pushing);
        // not ahead of others that are on their way, nor of the reply to a command that is just run
        if (isFirst && peer().loop().inEventLoop() && !isTaking()) {
            pushNow(reply);
        } else {
            peer().loop().execute(() -> pushNow(reply));
        }
    }

    private void pushNow(RespReply reply) {
        if (isClosing()) {
            reply.abandon();
        } else {
            answer(reply);
            flush();
        }
    }

    @Override
    public RespVersion version() {
        return version;
    }

    void version(RespVersion newVersion) {
        version = newVersion;
        peer().respVersion(newVersion == RespVersion.RESP3 ? 3 : 2);
    }

    /** Takes the limits that belong to who the peer now is. */
    void applyLimits() {
        if (peer().isAdmitted()) {
            PortLimits limits = peer().desk().limits();
            parser.limit(limits.maxArguments() + 1, limits.maxArgumentBytes(), limits.maxInFlightBytesPerConnection());
        } else {
            parser.limit(
                    RespParser.MAX_ELEMENTS_BEFORE_AUTH,
                    RespParser.MAX_ARGUMENT_BYTES_BEFORE_AUTH,
                    (long) RespParser.MAX_ELEMENTS_BEFORE_AUTH * RespParser.MAX_ARGUMENT_BYTES_BEFORE_AUTH);
        }
    }

    private static boolean isGet(byte[] name) {
        return name.length == 3 && (name[0] | 0x20) == 'g' && (name[1] | 0x20) == 'e' && (name[2] | 0x20) == 't';
    }

    private static boolean isMget(byte[] name) {
        return name.length == 4
                && (name[0] | 0x20) == 'm'
                && (name[1] | 0x20) == 'g'
                && (name[2] | 0x20) == 'e'
                && (name[3] | 0x20) == 't';
    }
}
