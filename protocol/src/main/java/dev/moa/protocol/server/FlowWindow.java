package dev.moa.protocol.server;

import dev.moa.protocol.frame.Window;
import org.jspecify.annotations.Nullable;

/**
 * How much one caller by moa frames may have in flight, and whether it keeps to that. Belongs to the event loop.
 *
 * <p>The window is that of the port's limits, and an eighth of it while the port as a whole holds more than half of
 * the bytes that it takes. A request beyond the window is refused; a caller that goes on sending beyond it (as
 * many refusals more than requests that were taken, as the window had places at first) ignores the window, and is
 * cut off.
 */
final class FlowWindow {

    private static final int PRESSED = 8;

    private final CallDesk desk;
    private final Window full;
    private Window now;
    private int strikes;

    FlowWindow(CallDesk desk) {
        this.desk = desk;
        this.full = new Window(
                desk.limits().maxInFlightPerConnection(), desk.limits().maxInFlightBytesPerConnection());
        this.now = full;
    }

    /** Returns what was announced last. */
    Window announced() {
        return now;
    }

    /** Returns whether another request may begin beside those in flight. */
    boolean admits(int calls, long bytes) {
        return isWithin(calls, bytes) && !desk.isFull();
    }

    /** Returns whether its caller keeps to the window with another request beside those in flight. */
    boolean isWithin(int calls, long bytes) {
        return calls < now.maxInFlight() && bytes < now.maxInFlightBytes();
    }

    /** A request was taken. */
    void taken() {
        if (strikes > 0) {
            strikes--;
        }
    }

    /** A request was refused beside those in flight; returns whether its caller ignores the window. */
    boolean refused(int calls, long bytes) {
        // not where the port is full though the caller keeps to its window
        if (!isWithin(calls, bytes)) {
            strikes++;
        }
        return strikes > full.maxInFlight();
    }

    /** Returns the window to announce, or null if it stays as it is. */
    @Nullable
    Window next() {
        long held = desk.heldBytes();
        long most = desk.limits().maxInFlightBytes();
        if (now == full && held > most / 2) {
            now = new Window(Math.max(1, full.maxInFlight() / PRESSED), Math.max(1, full.maxInFlightBytes() / PRESSED));
            return now;
        }
        if (now != full && held < most / 4) {
            now = full;
            return now;
        }
        return null;
    }
}
