/** The load that every registry gets: watches that are told, registrations one by one and in batches. */
@NullMarked
package dev.moa.benchmarks.load.registry;

import org.jspecify.annotations.NullMarked;
