package dev.moa.protocol.io;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An event loop whose thread lends it to a caller that is alone: the caller writes its request and reads its answer
 * itself, which saves two of the six threads that a call has to wake, some 10 µs each.
 *
 * <p><b>Who may run the loop</b> is {@link #owner}, and {@link #inEventLoop(Thread)} says nothing else. All state of the
 * loop, of its epoll instance and of its channels is the owner's; it is handed on by writing and reading that field.
 *
 * <pre>
 *              8 calls alone            a caller's CAS
 *   at home  ----------------&gt;  lent  &lt;----------------&gt;  borrowed
 *  owner=home &lt;--------------- owner=null              owner=the caller
 *              the thread's CAS
 * </pre>
 *
 * <ul>
 *   <li><i>At home</i>, the usual state: the loop's thread runs it and waits in {@code epoll_wait}, as in any Netty loop.
 *   <li><i>Lent</i>, once one and the same waiting thread has made the last {@value #LONE_CALLS} calls on this loop one
 *       after the other: nobody waits in {@code epoll_wait}. The loop's thread looks every millisecond, and every
 *       eight while calls follow one another, whether somebody has borrowed the loop within the last millisecond, without
 *       taking it; if not, or if there is something to do, it is at home again. So an idle process ends in {@code epoll_wait},
 *       and frames that come while the loop is lent wait for nine milliseconds at most.
 *   <li><i>Borrowed</i>, for the length of one write or of one wait for an answer. A borrower never runs tasks, neither
 *       queued nor scheduled ones: where there are any it gives the loop back at once, and waits for its answer like
 *       every other caller. What takes longer than one to nine milliseconds is called back by the loop's thread, with an
 *       empty task; so interrupts, deadlines and whatever else ends the caller's wait are noticed as late as that.
 * </ul>
 *
 * <p><b>No wake-up is lost.</b> Who executes a task puts it into the queue, passes the atomic exchange in
 * {@code EpollIoHandler.wakeup} and then reads the owner; who gives the loop up writes the owner and then reads the
 * queue. One of them sees the other and wakes the loop's thread; an owner in {@code epoll_wait} is woken by Netty.
 *
 * <p><b>Nobody else's code runs on a borrower</b>, which may hold any lock. Its own code runs after it has given the loop
 * back. The loop is lent only while all its channels are {@linkplain #trust trusted}: connections of this
 * package's neighbours that complete futures only by the loop's own thread ({@link #isBorrowed}). Servers, datagrams, connections
 * that are still opening, and those with TLS keep it at home.
 */
public final class LendingLoop extends SingleThreadIoEventLoop {

    /** Whether event loops are lent where epoll is there: the system property {@code moa.io.lending}, true by default. */
    public static final boolean ENABLED = Boolean.parseBoolean(System.getProperty("moa.io.lending", "true"));

    /** Few enough for a thread that makes some calls for each request, too many for threads that take turns. */
    private static final int LONE_CALLS = 8;

    private static final long WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** Each look takes a processor from the call that is under way, so there are fewer while calls follow one another. */
    private static final long MOST_WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    /** A task, for the loop's thread takes a loop that is in use only if there are tasks. */
    private static final Runnable COME_BACK = () -> {};

    private static final AtomicReferenceFieldUpdater<LendingLoop, Thread> OWNER =
            AtomicReferenceFieldUpdater.newUpdater(LendingLoop.class, Thread.class, "owner");

    private final DeadlineWheel wheel = new DeadlineWheel(this);
    private final Lookout lookout;
    private final Set<Channel> strangers = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Thread owner;
    private volatile @Nullable Thread home;
    /** How often it was borrowed; only the owner writes it. */
    private volatile long borrowed;
    /** When it was borrowed last; written before {@link #borrowed}. */
    private long borrowedAt;

    // the owner's

    private @Nullable Object lone;
    private int streak;
    private boolean awaited;

    LendingLoop(IoEventLoopGroup parent, Executor executor) {
        this(parent, executor, new Lookout());
    }

    private LendingLoop(IoEventLoopGroup parent, Executor executor, Lookout lookout) {
        super(parent, executor, EpollIoHandler.newFactory(0, () -> lookout));
        this.lookout = lookout;
    }

    /** Returns the deadlines of this loop. */
    DeadlineWheel wheel() {
        return wheel;
    }

    /** Returns how often callers have borrowed it. */
    public long borrowed() {
        return borrowed;
    }

    // ---- the loop's own thread

    @Override
    protected void run() {
        home = Thread.currentThread();
        owner = home;
        super.run();
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return thread == owner;
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        Channel channel = promise.channel();
        strangers.add(channel);
        channel.closeFuture().addListener(closed -> strangers.remove(channel));
        return super.register(promise);
    }

    @Override
    protected int runIo() {
        if (streak >= LONE_CALLS && !awaited && strangers.isEmpty() && !isShuttingDown()) {
            lend();
        }
        return super.runIo();
    }

    /** Leaves the loop to callers; returns with it at home. */
    private void lend() {
        long seen = borrowed;
        long watch = WATCH_NANOS;
        owner = null;
        while (true) {
            if (owner != null || pendingTasks() == 0) {
                LockSupport.parkNanos(this, watch);
            }
            long now = borrowed;
            boolean isUsed = now != seen && System.nanoTime() - borrowedAt < WATCH_NANOS;
            if (isUsed && pendingTasks() == 0 && !Thread.currentThread().isInterrupted()) {
                // a caller who comes while this thread only looks would find the loop taken
                seen = now;
                watch = Math.min(MOST_WATCH_NANOS, 2 * watch);
            } else if (!OWNER.compareAndSet(this, null, home)) {
                if (!isUsed && borrowed == now) {
                    // the same borrower for a millisecond
                    super.execute(COME_BACK);
                }
                seen = now;
                watch = WATCH_NANOS;
            } else if (awaited
                    || (!isUsed && borrowed == now)
                    || Thread.currentThread().isInterrupted()) {
                // a caller did not wait to the end, or nobody calls any more
                streak = 0;
                return;
            } else if (hasTasks() || hasScheduledTasks()) {
                return;
            } else {
                seen = borrowed;
                owner = null;
            }
        }
    }

    // ---- any thread

    @Override
    public void execute(Runnable task) {
        super.execute(task);
        if (owner == null) {
            LockSupport.unpark(home);
        }
    }

    /**
     * Borrows the loop for the current thread, which must {@link #giveBack} it or {@link #runUntil} done whatever happens;
     * returns false if it is not lent or has something else to do.
     */
    public boolean tryBorrow() {
        if (owner != null || home == null || !OWNER.compareAndSet(this, null, Thread.currentThread())) {
            return false;
        }
        if (hasTasks() || hasScheduledTasks()) {
            giveBack();
            execute(COME_BACK);
            return false;
        }
        borrowedAt = System.nanoTime();
        borrowed = borrowed + 1;
        return true;
    }

    // ---- the owner

    /** Gives the borrowed loop back. */
    public void giveBack() {
        owner = null;
        if (pendingTasks() > 0) {
            LockSupport.unpark(home);
        }
    }

    /**
     * Runs the borrowed loop until {@code done} or until it is wanted for something else, and gives it back. Before it
     * sleeps it looks for a while whether the answer comes, as {@link Lookout} says.
     */
    public void runUntil(BooleanSupplier done) {
        Thread caller = Thread.currentThread();
        boolean isDone = false;
        lookout.begin();
        try {
            isDone = done.getAsBoolean();
            while (!isDone && !hasTasks() && !hasScheduledTasks() && !caller.isInterrupted()) {
                super.runIo();
                isDone = done.getAsBoolean();
            }
        } finally {
            lookout.end();
            giveBack();
            if (!isDone) {
                execute(COME_BACK);
            }
        }
    }

    /** Returns whether a caller runs {@code loop}, on whose thread this is: then nobody else's code may run here. */
    public static boolean isBorrowed(Executor loop) {
        return loop instanceof LendingLoop lending && lending.owner != lending.home;
    }

    /** {@code channel} runs code of others only by tasks while the loop is {@linkplain #isBorrowed borrowed}. */
    public void trust(Channel channel) {
        strangers.remove(channel);
    }

    /** A call was sent by {@code caller}, which does nothing but wait for it; null for any other call. */
    public void sent(@Nullable Object caller) {
        awaited = caller != null;
        if (caller == null || caller != lone) {
            lone = caller;
            streak = 0;
        }
    }

    /** The call of {@code caller} that was sent last was answered; null for any other call. */
    public void answered(@Nullable Object caller) {
        if (caller != null && caller == lone) {
            awaited = false;
            streak = Math.min(streak + 1, LONE_CALLS);
        }
    }
}
