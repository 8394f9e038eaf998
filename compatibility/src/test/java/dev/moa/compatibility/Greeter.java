package dev.moa.compatibility;

import dev.moa.sdk.annotation.NonBlocking;

/** The service that all clients call. */
@NonBlocking
public interface Greeter {

    String hello(String name);

    /** Returns which instance answers. */
    String who();
}
