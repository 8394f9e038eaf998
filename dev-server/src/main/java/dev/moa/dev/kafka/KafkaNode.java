package dev.moa.dev.kafka;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka node of one: formats its directory at the first start, which saves the JVM that the storage tool would
 * cost, then serves until it is told to stop. The only argument is the settings file.
 */
public final class KafkaNode {
    private KafkaNode() {}

    public static void main(String[] arguments) throws Exception {
        Properties settings = new Properties();
        try (InputStream in = new FileInputStream(arguments[0])) {
            settings.load(in);
        }
        format(settings);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "kafka-shutdown-1"));
        server.startup();
        System.out.println("READY");
        server.awaitShutdown();
    }

    private static void format(Properties settings) throws Exception {
        String directory = settings.getProperty("log.dirs");
        if (Files.exists(Path.of(directory, "meta.properties"))) {
            return;
        }
        removeHalfFormatted(Path.of(directory));
        Formatter formatter = new Formatter();
        formatter.setPrintStream(new PrintStream(OutputStream.nullOutputStream()));
        formatter.setClusterId(Uuid.randomUuid().toString());
        formatter.setNodeId(Integer.parseInt(settings.getProperty("node.id")));
        formatter.setReleaseVersion(MetadataVersion.LATEST_PRODUCTION);
        formatter.setUnstableFeatureVersionsEnabled(false);
        formatter.setIgnoreFormatted(true);
        formatter.setControllerListenerName(settings.getProperty("controller.listener.names"));
        formatter.setMetadataLogDirectory(directory);
        formatter.addDirectory(directory);
        formatter.run();
    }

    /** A kill in the middle of the first format leaves the bootstrap file without the meta file: begin again. */
    private static void removeHalfFormatted(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("bootstrap.checkpoint"));
        Files.createDirectories(directory);
    }
}
