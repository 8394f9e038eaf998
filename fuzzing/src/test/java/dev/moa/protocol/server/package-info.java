/** The port under fuzzing, from inside its package; start at {@link dev.moa.protocol.server.FuzzedPort}. */
@NullMarked
package dev.moa.protocol.server;

import org.jspecify.annotations.NullMarked;
