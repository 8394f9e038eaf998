package dev.moa.gateway.security;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Wrong tokens by address and minute. Holds at most {@value #MOST} addresses, the longest unseen dropped. */
final class LoginFailures {

    static final int MOST = 10_000;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int limit;
    private final Clock clock;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > MOST;
        }
    };

    LoginFailures(int limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** Returns whether the address has to wait before it may try again. */
    synchronized boolean isBlocked(String address) {
        Window window = windows.get(address);
        return window != null && isRunning(window) && window.count >= limit;
    }

    /** Counts a wrong token. */
    synchronized void add(String address) {
        Window window = windows.get(address);
        windows.put(
                address,
                window != null && isRunning(window)
                        ? new Window(window.sinceMs, window.count + 1)
                        : new Window(clock.millis(), 1));
    }

    private boolean isRunning(Window window) {
        return clock.millis() - window.sinceMs < WINDOW.toMillis();
    }

    private record Window(long sinceMs, int count) {}
}
