package dev.moa.spring;

import dev.moa.sdk.MoaServer;
import org.jspecify.annotations.Nullable;

/** The moa port of this application, a bean: for health, information and tests. */
public interface PublishedServer {

    /** Returns the running server; null where nothing is published, before the start and after the stop. */
    @Nullable
    MoaServer server();
}
