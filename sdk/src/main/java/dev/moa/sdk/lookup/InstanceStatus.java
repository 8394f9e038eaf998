package dev.moa.sdk.lookup;

/** Whether an instance takes calls. */
public enum InstanceStatus {
    /** Takes calls. */
    UP,
    /** Finishes what it has and takes nothing new. */
    DRAINING,
    /** Taken out by a probe or by an operator. */
    DOWN
}
