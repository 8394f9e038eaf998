package dev.moa.protocol.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * RESP commands that one port answers beside those that every port does, for example a router's {@code SENTINEL}.
 * They are asked for after AUTH only, and not inside of MULTI. Safe for many threads.
 */
public interface RespExtension {

    /** Returns the commands' names, in capitals. */
    Set<String> commands();

    /**
     * Runs a command; on the connection's event loop, so it must not block.
     *
     * @param words the command's name in capitals and its arguments as they came
     * @return the whole reply, encoded for {@link RespSession#version()}; null to let the port answer as every port does
     */
    @Nullable
    CompletionStage<byte[]> run(RespSession session, List<String> words);
}
