/** Rolling restarts under the load of stock clients; start at {@link dev.moa.compatibility.rolling.RollingRestarts}. */
@NullMarked
package dev.moa.compatibility.rolling;

import org.jspecify.annotations.NullMarked;
