/** The moa edge: {@code /service/registry}. Start at {@link dev.moa.registry.wire.RegistryCalls}. */
@NullMarked
package dev.moa.registry.wire;

import org.jspecify.annotations.NullMarked;
