package dev.moa.sdk.publish;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Virtual threads that begin on the thread that starts them. Work that never waits is done when {@link #begin} returns:
 * nothing was handed over and no thread was woken. Work that waits leaves the thread at that moment and goes on where
 * virtual threads usually run, and never again on the thread that began it.
 *
 * <p>For the work it is an ordinary virtual thread: it may block, its thread-locals are its own, an event loop that
 * carries it is not its current thread. The scheduler of a virtual thread is an internal interface of the JDK, which is
 * there from 24 on (before, waiting within {@code synchronized} would hold the thread) with {@value #FLAG}.
 *
 * <p>The system property {@value #SWITCH} set to {@code false} turns them off.
 */
final class LoopThreads {

    static final String SWITCH = "moa.calls.on-loop";
    static final String FLAG = "--add-opens java.base/java.lang=ALL-UNNAMED";
    /** The first release in which a virtual thread that waits within {@code synchronized} leaves its carrier (JEP 491). */
    private static final int FIRST_RELEASE = 24;

    private static final Logger log = LoggerFactory.getLogger(LoopThreads.class);
    /** Where virtual threads usually run; null where they cannot begin elsewhere. */
    private static final @Nullable Executor USUAL;

    // constants, so that the call is compiled as if it were written out
    private static final @Nullable MethodHandle NEW_THREAD;

    static {
        Executor usual = null;
        MethodHandle newThread = null;
        if (Runtime.version().feature() >= FIRST_RELEASE && Boolean.parseBoolean(System.getProperty(SWITCH, "true"))) {
            try {
                usual = usual();
                newThread = usual == null ? null : newThread(usual);
            } catch (ReflectiveOperationException | RuntimeException e) {
                log.debug(
                        "this JDK schedules virtual threads in another way; fast methods run on threads of their own",
                        e);
            }
        }
        USUAL = usual;
        NEW_THREAD = newThread;
    }

    private LoopThreads() {}

    /** Returns whether this JVM has them and they are not turned off. */
    static boolean areAvailable() {
        return NEW_THREAD != null;
    }

    private static @Nullable Executor usual() throws ReflectiveOperationException {
        Field field = Class.forName("java.lang.VirtualThread").getDeclaredField("DEFAULT_SCHEDULER");
        if (!field.trySetAccessible()) {
            log.info(
                    "fast methods run on threads of their own; they may begin on event loops, two wake-ups less, with {}",
                    FLAG);
            return null;
        }
        return (Executor) field.get(null);
    }

    private static MethodHandle newThread(Executor usual) throws ReflectiveOperationException {
        Method method = Class.forName("java.lang.ThreadBuilders")
                .getDeclaredMethod("newVirtualThread", Executor.class, String.class, int.class, Runnable.class);
        method.setAccessible(true);
        MethodHandle handle = MethodHandles.lookup().unreflect(method);
        // what the first one loads, no event loop has the time for; this thread may be virtual and thus no carrier
        Begun first = new Begun(usual, () -> {});
        first.here = false;
        thread(handle, first, "sdk-first").start();
        return handle;
    }

    /**
     * Begins {@code work} as a virtual thread on this thread, which must not be a virtual one, and returns when it has
     * ended or waits for the first time. The work must not throw.
     *
     * @return whether it has ended
     */
    static boolean begin(String name, Runnable work) {
        if (USUAL == null || NEW_THREAD == null) {
            throw new IllegalStateException("threads: not available (expected: asked for that before)");
        }
        Begun begun = new Begun(USUAL, work);
        thread(NEW_THREAD, begun, name).start();
        return begun.ended;
    }

    private static Thread thread(MethodHandle newThread, Begun begun, String name) {
        try {
            return (Thread) newThread.invokeExact((Executor) begun, name, 0, (Runnable) begun);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a virtual thread was not created", e);
        }
    }

    /** A virtual thread's work, and its scheduler: here the first time, elsewhere from then on. */
    private static final class Begun implements Runnable, Executor {
        private final Executor usual;
        private @Nullable Runnable work;
        // only code of the virtual thread leads others to the scheduler, so they see what came before it
        private boolean here = true;
        private volatile boolean ended;

        Begun(Executor usual, Runnable work) {
            this.usual = usual;
            this.work = work;
        }

        @Override
        public void execute(Runnable continuation) {
            if (here) {
                here = false;
                continuation.run();
            } else {
                usual.execute(continuation);
            }
        }

        @Override
        public void run() {
            Runnable all = work;
            // threads that this one starts keep the scheduler
            work = null;
            try {
                if (all != null) {
                    all.run();
                }
            } finally {
                ended = true;
            }
        }
    }
}
