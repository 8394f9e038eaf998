package dev.moa.async.log;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How moa uses Kafka. The addresses and credentials are {@code spring.kafka.*}.
 *
 * @param topicPrefix what the names of the topics begin with: {@code <prefix>-tasks} and {@code <prefix>-task-states}
 * @param partitions partitions of each topic, used when moa creates them; never change it on a running system, keys would move
 * @param replicationFactor replicas of each topic, used when moa creates them
 * @param minInsyncReplicas replicas that must have a write before it is acknowledged, used when moa creates the topics
 * @param group consumer group of the workers; empty means the prefix and {@code -workers}
 * @param sessionTimeout silence after which Kafka gives a dead worker's partitions to others
 * @param acceptTimeout how long an accepted task may take to be confirmed before its sender is told 503
 * @param bufferMemory memory of each of the two producers
 * @param pendingBytes bytes of tasks that may wait for Kafka's confirmation; more are refused at once
 */
@ConfigurationProperties("moa.async.kafka")
public record AsyncKafkaProperties(
        @DefaultValue("moa") String topicPrefix,
        @DefaultValue("4") int partitions,
        @DefaultValue("1") short replicationFactor,
        @DefaultValue("1") int minInsyncReplicas,
        @DefaultValue("") String group,
        @DefaultValue("6s") Duration sessionTimeout,
        @DefaultValue("2s") Duration acceptTimeout,
        @DefaultValue("6MB") DataSize bufferMemory,
        @DefaultValue("8MB") DataSize pendingBytes) {

    public AsyncKafkaProperties {
        if (partitions < 1 || partitions > 256) {
            throw new IllegalArgumentException(
                    "moa.async.kafka.partitions: %d (expected: 1 to 256)".formatted(partitions));
        }
    }

    @Override
    public String group() {
        return group.isEmpty() ? topicPrefix + "-workers" : group;
    }

    public String tasksTopic() {
        return topicPrefix + "-tasks";
    }

    public String statesTopic() {
        return topicPrefix + "-task-states";
    }
}
