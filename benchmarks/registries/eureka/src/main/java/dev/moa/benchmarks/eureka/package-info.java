/** Eureka as a registry. */
package dev.moa.benchmarks.eureka;
