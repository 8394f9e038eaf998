package dev.moa.router.address;

/** What an instance can be used for. */
public enum InstanceStatus {
    /** It can be called. */
    UP,
    /** It finishes what it has and takes no new calls. */
    DRAINING,
    /** A probe or an operator took it out. */
    DOWN
}
