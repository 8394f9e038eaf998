package dev.moa.async.log;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tie to Kafka: makes the clients, all of them small; creates the topics in the background as soon as
 * Kafka answers; and asks every few seconds whether it still does. Nothing here fails because Kafka is away:
 * it tries again until it is closed.
 */
public final class KafkaLink implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KafkaLink.class);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(3);
    private static final long PROBE_TIMEOUT_MS = 2_500;

    private final Map<String, Object> common;
    private final AsyncKafkaProperties properties;
    private final CompletableFuture<Integer> partitions = new CompletableFuture<>();
    private final Thread thread = new Thread(this::keepWatch, "async-kafka-1");
    private volatile @Nullable Admin admin;
    private volatile @Nullable String problem = "not asked yet";
    private volatile @Nullable DurabilityPromise promise;
    private final Closing closing = new Closing();

    /** @param common addresses, security and the like of every client */
    public KafkaLink(Map<String, Object> common, AsyncKafkaProperties properties) {
        this.common = Map.copyOf(common);
        this.properties = properties;
        thread.setDaemon(true);
    }

    public synchronized void start() {
        if (!closing.isClosed() && thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /** Returns what is wrong with Kafka, for people; null while all is well. */
    public @Nullable String problem() {
        return problem;
    }

    /** Returns the number of partitions once the topics are known to exist. */
    public CompletableFuture<Integer> partitions() {
        return partitions;
    }

    /** Returns what an acknowledgement is worth, from the topic's real settings; null before Kafka has told them. */
    public @Nullable String promise() {
        DurabilityPromise known = promise;
        return known == null ? null : known.text();
    }

    public AsyncKafkaProperties properties() {
        return properties;
    }

    /** Returns the shared admin client; null before the first contact was tried. */
    public @Nullable Admin admin() {
        return admin;
    }

    /** Makes a producer, the caller's to close. */
    public Producer<String, byte[]> producer(String clientId, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(common);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG, properties.bufferMemory().toBytes());
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 1);
        reconnectQuickly(settings);
        settings.putAll(more);
        return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** Makes a consumer that commits nothing by itself, the caller's to close. */
    public Consumer<String, byte[]> consumer(String clientId, Map<String, Object> more) {
        Map<String, Object> settings = new HashMap<>(common);
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 2 << 20);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 512 << 10);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000);
        reconnectQuickly(settings);
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static void reconnectQuickly(Map<String, Object> settings) {
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 100);
        settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
        settings.put(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, 3_000);
        settings.put(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, 30_000);
    }

    private void keepWatch() {
        while (!closing.isClosed()) {
            try {
                Admin connected = connect();
                if (!partitions.isDone()) {
                    createTopics(connected);
                }
                describe(connected);
                if (problem != null) {
                    log.info("Kafka answers; an acknowledged task is worth: {}", promise());
                }
                problem = null;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                // the outermost loop: whatever it was, ask again
                String reason = "Kafka at %s does not answer: %s"
                        .formatted(common.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG), rootOf(e));
                if (problem == null || !reason.equals(problem)) {
                    log.warn(
                            "{}; tasks are refused until it does, asked again every {} s",
                            reason,
                            PROBE_INTERVAL.toSeconds());
                }
                problem = reason;
            }
            try {
                closing.pause(partitions.isDone() ? PROBE_INTERVAL.toMillis() : 500);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Admin connect() {
        Admin known = admin;
        if (known == null) {
            Map<String, Object> settings = new HashMap<>(common);
            settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "moa-async-admin");
            settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000);
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
            reconnectQuickly(settings);
            known = Admin.create(settings);
            admin = known;
        }
        return known;
    }

    private void createTopics(Admin connected) throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, String> both = Map.of(
                TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                Integer.toString(properties.minInsyncReplicas()),
                TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                "false",
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(16 << 20));
        // never by age: the workers truncate what is committed, so a long backlog is never eaten by retention
        Map<String, String> tasks = new HashMap<>(both);
        tasks.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        tasks.put(TopicConfig.RETENTION_MS_CONFIG, "-1");
        tasks.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        Map<String, String> states = new HashMap<>(both);
        states.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        // time for an owner to set right what a fenced one wrote, before compaction could keep only that
        states.put(TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, "60000");
        states.put(TopicConfig.DELETE_RETENTION_MS_CONFIG, "3600000");
        states.put(TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.3");
        boolean created = create(connected, properties.tasksTopic(), tasks);
        created |= create(connected, properties.statesTopic(), states);
        if (created) {
            // the node that answers may hear of the new topics a moment later
            closing.pause(200);
        }
        Map<String, TopicDescription> described = connected
                .describeTopics(List.of(properties.tasksTopic(), properties.statesTopic()))
                .allTopicNames()
                .get(PROBE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        int count = partitionsOf(described, properties.tasksTopic());
        int states2 = partitionsOf(described, properties.statesTopic());
        if (count != states2) {
            throw new IllegalStateException(("topics %s and %s have %d and %d partitions (expected: the same number); "
                            + "create one of them anew")
                    .formatted(properties.tasksTopic(), properties.statesTopic(), count, states2));
        }
        partitions.complete(count);
    }

    private boolean create(Admin connected, String topic, Map<String, String> settings)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            connected
                    .createTopics(List.of(new NewTopic(topic, properties.partitions(), properties.replicationFactor())
                            .configs(settings)))
                    .all()
                    .get(PROBE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
            log.info("created topic {}", topic);
            return true;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            return false;
        }
    }

    private void describe(Admin connected) throws InterruptedException, ExecutionException, TimeoutException {
        String topic = properties.tasksTopic();
        TopicDescription description = connected
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get(PROBE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .get(topic);
        if (description == null || description.partitions().isEmpty()) {
            throw new IllegalStateException("topic " + topic + " is gone");
        }
        if (promise == null) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            Config config = connected
                    .describeConfigs(List.of(resource))
                    .all()
                    .get(PROBE_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .get(resource);
            int minInsync = config == null
                    ? 1
                    : Integer.parseInt(
                            config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG).value());
            boolean flushed = config != null
                    && "1"
                            .equals(config.get(TopicConfig.FLUSH_MESSAGES_INTERVAL_CONFIG)
                                    .value());
            promise = new DurabilityPromise(
                    description.partitions().get(0).replicas().size(), minInsync, flushed);
        }
        boolean leaderless = description.partitions().stream()
                .anyMatch(p -> p.leader() == null || p.leader().isEmpty());
        if (leaderless) {
            throw new IllegalStateException("a partition of " + topic + " has no leader");
        }
    }

    private static int partitionsOf(Map<String, TopicDescription> described, String topic) {
        TopicDescription description = described.get(topic);
        return description == null ? 0 : description.partitions().size();
    }

    static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof TimeoutException && root.getMessage() == null) {
            return "no answer in time";
        }
        String message = root.getMessage();
        return root.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    @Override
    public void close() {
        closing.close();
        thread.interrupt();
        Admin known = admin;
        if (known != null) {
            known.close(Duration.ofMillis(500));
        }
    }
}
