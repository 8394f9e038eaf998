/** Nacos as a registry. */
package dev.moa.benchmarks.nacos;
