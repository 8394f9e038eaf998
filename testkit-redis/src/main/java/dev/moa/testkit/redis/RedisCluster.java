package dev.moa.testkit.redis;

import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A Cluster of three primaries without replicas; while one is away the others serve their slots. */
public final class RedisCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int SIZE = 3;
    private static final int SLOTS = 16_384;

    private final List<RedisProcess> nodes = new ArrayList<>();
    private final List<Integer> busPorts = new ArrayList<>();

    /** Starts the nodes and waits until each takes the cluster for whole. */
    public RedisCluster(Path directory) {
        for (int i = 0; i < SIZE; i++) {
            RedisProcess node = new RedisProcess(directory.resolve("node-" + i));
            nodes.add(node);
            busPorts.add(RedisProcess.freePort());
            start(i);
            node.commands().clusterAddSlots(slots(i));
            if (i > 0) {
                meetTheFirst(node);
            }
        }
        Awaitility.await().atMost(LIMIT).until(() -> nodes.stream().allMatch(RedisCluster::isWhole));
    }

    /** Lettuce's own command cannot say the bus port, which would be 10,000 above a port that may be 60,000. */
    private void meetTheFirst(RedisProcess node) {
        node.commands()
                .dispatch(
                        CommandType.CLUSTER,
                        new StatusOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("MEET")
                                .add("127.0.0.1")
                                .add(nodes.get(0).port())
                                .add(busPorts.get(0)));
    }

    private static int[] slots(int node) {
        return IntStream.range(node * SLOTS / SIZE, (node + 1) * SLOTS / SIZE).toArray();
    }

    private static boolean isWhole(RedisProcess node) {
        RedisCommands<String, String> commands = node.commands();
        return commands.clusterInfo().contains("cluster_state:ok")
                && commands.clusterInfo().contains("cluster_known_nodes:" + SIZE);
    }

    /** Starts a node, again if it was killed; it has what it acknowledged. */
    public void start(int node) {
        RedisProcess process = nodes.get(node);
        process.start(
                "--cluster-enabled",
                "yes",
                "--cluster-port",
                Integer.toString(busPorts.get(node)),
                "--cluster-node-timeout",
                "1000",
                "--cluster-require-full-coverage",
                "no",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always");
    }

    public RedisProcess node(int index) {
        return nodes.get(index);
    }

    /** Returns the addresses of all nodes, separated by commas. */
    public String addresses() {
        return nodes.stream().map(node -> "127.0.0.1:" + node.port()).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
