/** The main class of the Kafka child process: {@link dev.moa.dev.kafka.KafkaNode}. */
@NullMarked
package dev.moa.dev.kafka;

import org.jspecify.annotations.NullMarked;
