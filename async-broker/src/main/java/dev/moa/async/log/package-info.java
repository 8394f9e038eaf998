/** The two topics that hold everything: {@link dev.moa.async.log.TaskLog} writes and reads them, {@link dev.moa.async.log.KafkaLink} knows whether Kafka is there. */
@NullMarked
package dev.moa.async.log;

import org.jspecify.annotations.NullMarked;
