package dev.moa.sdk.lookup;

/** How a process stands to the routers. */
public enum RouterState {
    /** One is connected. */
    CONNECTED,
    /** None is, since nothing was asked yet or the connection went; the next question opens one. */
    NOT_CONNECTED,
    /** The last attempt to reach one was refused or got no answer. */
    UNREACHABLE
}
