package dev.moa.dev.parts;

import dev.moa.dev.jdk.Jdk;
import dev.moa.dev.kafka.KafkaNode;
import dev.moa.dev.process.ChildSpec;
import dev.moa.dev.process.Probes;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The platform's own Kafka: one node, broker and controller in one (KRaft), run from its Maven jars in a child JVM
 * with a heap of 64 MB. The settings are those of a small machine; see the comments in the file it writes.
 */
public final class KafkaPart {
    public static final String NAME = "kafka";
    public static final int PORT = 19092;
    public static final int CONTROLLER_PORT = 19093;
    public static final String HEAP = "64m";

    /** The jars on the launcher's class path that a broker needs, by the begin of their file names. */
    private static final List<String> JARS = List.of(
            "kafka_2.13-",
            "kafka-",
            "scala-library-",
            "scala-logging_",
            "jackson-core-2",
            "jackson-databind-2",
            "jackson-annotations-2",
            "metrics-core-",
            "slf4j-api-",
            "logback-",
            "log4j-api-",
            "HdrHistogram-",
            "hash4j-",
            "pcollections-",
            "re2j-",
            "commons-validator-",
            "lz4-java-",
            "zstd-jni-",
            "snappy-java-",
            "moa-dev-server-");

    private KafkaPart() {}

    public static ChildSpec spec(
            Layout layout, int port, int controllerPort, Jdk jdk, List<String> startCacheFlags, boolean isTraining) {
        Path data = layout.data(NAME);
        Path settings = layout.run().resolve("kafka.properties");
        try {
            Files.createDirectories(data);
            Files.createDirectories(layout.run());
            Files.writeString(settings, settings(data, port, controllerPort), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write %s: %s".formatted(settings, e.getMessage()), e);
        }
        List<String> command = new ArrayList<>();
        command.add(jdk.java().toString());
        command.addAll(JvmFlags.kafka(jdk, HEAP));
        command.addAll(startCacheFlags);
        command.add("-Dlogback.configurationFile=dev/moa/dev/kafka/logback.xml");
        command.add("-cp");
        command.add(classPath());
        command.add(KafkaNode.class.getName());
        command.add(settings.toString());
        return new ChildSpec(
                NAME,
                command,
                data,
                Map.of("MALLOC_ARENA_MAX", "2"),
                layout.log(NAME),
                Probes.kafka("127.0.0.1", port),
                Duration.ofSeconds(isTraining ? 60 : 20));
    }

    /** What of this process's class path a Kafka node needs. */
    static String classPath() {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            String file = String.valueOf(path.getFileName());
            boolean isOurs = Files.isDirectory(path) && Files.exists(path.resolve("dev/moa/dev/kafka/KafkaNode.class"));
            if (isOurs || JARS.stream().anyMatch(file::startsWith)) {
                entries.add(path.toString());
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static String settings(Path data, int port, int controllerPort) {
        return """
                # written by ./moa at each start; change nothing here
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=BROKER://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=BROKER://127.0.0.1:%1$d
                inter.broker.listener.name=BROKER
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                # topics are made by those who know what they need
                auto.create.topics.enable=false
                # a killed broker is believed dead after 2 s, so its next start does not wait 9
                broker.session.timeout.ms=2000
                broker.heartbeat.interval.ms=500
                # one node: one copy of everything, one partition of what Kafka keeps for itself
                default.replication.factor=1
                num.partitions=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                share.coordinator.state.topic.num.partitions=1
                group.initial.rebalance.delay.ms=0
                # the heap is 64 MB: few threads, small buffers (the cleaner alone asks for 128 MiB by default)
                num.network.threads=1
                num.io.threads=2
                num.replica.fetchers=1
                num.recovery.threads.per.data.dir=1
                background.threads=2
                log.cleaner.dedupe.buffer.size=2097152
                log.cleaner.io.buffer.size=131072
                queued.max.requests=100
                socket.request.max.bytes=20971520
                # the disk is bounded: 16 MiB segments, 256 MiB and 7 days per partition where a topic says nothing
                log.segment.bytes=16777216
                log.index.size.max.bytes=65536
                log.retention.bytes=268435456
                log.retention.hours=168
                log.retention.check.interval.ms=60000
                metadata.log.segment.bytes=8388608
                metadata.max.retention.bytes=33554432
                """.formatted(port, controllerPort, data.toAbsolutePath().resolve("log"));
    }
}
