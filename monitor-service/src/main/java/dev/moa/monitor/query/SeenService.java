package dev.moa.monitor.query;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A service that was counted at least once in the time that is kept. */
public record SeenService(String service, List<Method> methods) {

    /**
     * A method on one side.
     *
     * @param lastCalledMs the minute of its last call
     */
    public record Method(
            String method, String side, @Nullable Long lastCalledMs) {}
}
