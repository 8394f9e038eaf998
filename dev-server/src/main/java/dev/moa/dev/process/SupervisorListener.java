package dev.moa.dev.process;

/** Hears what happens to the children, on the supervisor's thread: be quick. */
@FunctionalInterface
public interface SupervisorListener {
    /** {@code message} is a sentence for people, such as {@code died (exit code 137), starting it again}. */
    void changed(ChildState state, String message);
}
