/** ZooKeeper as a registry. */
@NullMarked
package dev.moa.benchmarks.zookeeper;

import org.jspecify.annotations.NullMarked;
