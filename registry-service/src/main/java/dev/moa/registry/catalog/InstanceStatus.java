package dev.moa.registry.catalog;

/** Whether an instance wants calls. */
public enum InstanceStatus {
    /** It takes calls. */
    UP,
    /** It finishes what it has and takes nothing new. */
    DRAINING,
    /** It is registered and takes no calls. */
    DOWN
}
