package dev.moa.protocol.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.management.ThreadMXBean;
import dev.moa.protocol.Caller;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * What must hold for any bytes that a peer sends, whatever it speaks. The first byte of an input says in which
 * circumstances the rest comes; they are the low bits of a digit, so that an input can be read and written by hand.
 *
 * <ul>
 *   <li>1: the port asks for a token
 *   <li>2: the peer has shown it before (what that takes is the caller's)
 * </ul>
 *
 * <p>The rest is sent three times, on new connections: at once, byte by byte, and in pieces of any length. Each time
 * all memory is given back, no call is left, and the port has not failed by itself; the replies are the same each
 * time, but for numbers. A stranger makes the port hold no more than {@value #HELD_BYTES} bytes in buffers.
 */
final class FuzzedPort {

    static final String TOKEN = "s3cret";

    /** What a peer that has not shown its token may make the port hold. */
    static final int HELD_BYTES = 64 * 1024;

    /** What inputs are cut to: more has no further state to find, and takes longer. */
    static final int INPUT_BYTES = 4 * 1024;

    /** Heap that one input before AUTH may take in passing; far from what it does, and from what an attack needs. */
    private static final long ALLOCATED_BYTES = 2 << 20;

    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final ConcurrentLinkedQueue<ILoggingEvent> COMPLAINTS = new ConcurrentLinkedQueue<>();

    static {
        AppenderBase<ILoggingEvent> complaints = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                    COMPLAINTS.add(event);
                }
            }
        };
        complaints.start();
        ((Logger) LoggerFactory.getLogger("dev.moa")).addAppender(complaints);
        ((Logger) LoggerFactory.getLogger("io.netty.util.ResourceLeakDetector")).addAppender(complaints);
        // what is loaded once is not what an input allocates
        for (String first : List.of("*1\r\n$1\r\nx\r\n*1\n", "P\r\n\r\n", "\u00cd".repeat(30), "?")) {
            send(List.of(first.getBytes(ISO_8859_1)), true);
        }
    }

    private FuzzedPort() {}

    /** What came of one way of sending an input. */
    record Outcome(byte[] replies, boolean isStranger) {}

    /**
     * Sends an input in all ways and checks what must hold.
     *
     * @param greeting what a peer that has shown its token has sent before
     * @param first what the connection begins with, so that it is told to speak what the test is about
     * @return the replies to the input sent at once
     */
    static byte[] check(byte[] input, String greeting, String first) {
        if (input.length == 0) {
            return new byte[0];
        }
        boolean guarded = (input[0] & 1) != 0;
        boolean greeted = (input[0] & 2) != 0;
        byte[] data = Arrays.copyOfRange(input, 1, Math.min(input.length, INPUT_BYTES));
        byte[] bytes = concat((greeted ? greeting + first : first).getBytes(ISO_8859_1), data);
        String expected = null;
        byte[] atOnce = {};
        for (List<byte[]> pieces : List.of(List.of(bytes), bytewise(bytes), cut(bytes))) {
            // not the time of day: a run that is put to sleep for a while is no finding
            long started = THREADS.getCurrentThreadCpuTime();
            long allocated =
                    THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
            Outcome outcome = send(pieces, guarded);
            allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated;
            require(THREADS.getCurrentThreadCpuTime() - started < SLOW_NANOS, "took more than 10 s");
            String replies = withoutNumbers(outcome.replies());
            if (expected == null) {
                expected = replies;
                atOnce = outcome.replies();
                require(
                        !outcome.isStranger() || allocated < ALLOCATED_BYTES,
                        allocated + " bytes allocated for a stranger's " + bytes.length);
            } else {
                require(
                        replies.equals(expected),
                        "cut in pieces it is answered\n" + replies + "\nat once\n" + expected);
            }
        }
        return atOnce;
    }

    /** Sends pieces on a connection of its own, ends it, and checks that nothing is left. */
    static Outcome send(List<byte[]> pieces, boolean guarded) {
        COMPLAINTS.clear();
        Authenticator authenticator = guarded
                ? Authenticator.tokens(Map.of(TOKEN, new Caller("fuzz", Caller.Role.SERVICE, Set.of())))
                : Authenticator.none();
        FuzzedConnection connection = new FuzzedConnection(authenticator);
        pieces.forEach(connection::receive);
        boolean isStranger = !connection.isAdmitted();
        long held = connection.bytesHeld();
        byte[] replies = connection.answerAndClose();
        require(!isStranger || held <= HELD_BYTES, held + " bytes held for a stranger (limit " + HELD_BYTES + ")");
        require(connection.bytesHeld() == 0, connection.bytesHeld() + " bytes of buffers are not released");
        require(connection.callsInFlight() == 0, connection.callsInFlight() + " calls are left");
        ILoggingEvent complaint = COMPLAINTS.poll();
        require(complaint == null, "the port complains: " + complaint);
        return new Outcome(replies, isStranger);
    }

    static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    private static List<byte[]> bytewise(byte[] bytes) {
        List<byte[]> pieces = new ArrayList<>(bytes.length);
        for (byte each : bytes) {
            pieces.add(new byte[] {each});
        }
        return pieces;
    }

    private static List<byte[]> cut(byte[] bytes) {
        Random random = new Random(Arrays.hashCode(bytes));
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int to = Math.min(bytes.length, from + 1 + random.nextInt(40));
            pieces.add(Arrays.copyOfRange(bytes, from, to));
            from = to;
        }
        return pieces;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    // ids, times and memory differ from one connection to the next, and the lengths of what holds them
    private static String withoutNumbers(byte[] replies) {
        return new String(replies, ISO_8859_1).replaceAll("[0-9]+", "0");
    }
}
