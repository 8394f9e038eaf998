package dev.moa.async.log;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether something is closed, for the thread that does its work: its pauses end at the moment it is. */
public final class Closing {

    private final CountDownLatch closed = new CountDownLatch(1);

    /** Closes; ends every pause. A second time does nothing. */
    public void close() {
        closed.countDown();
    }

    public boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Waits until {@code milliseconds} have passed or it is closed; returns whether it is. */
    public boolean pause(long milliseconds) throws InterruptedException {
        return closed.await(milliseconds, TimeUnit.MILLISECONDS);
    }
}
