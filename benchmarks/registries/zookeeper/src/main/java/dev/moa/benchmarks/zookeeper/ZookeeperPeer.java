package dev.moa.benchmarks.zookeeper;

import dev.moa.benchmarks.load.registry.RegistryLoad;
import dev.moa.benchmarks.load.registry.RegistryPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/**
 * ZooKeeper as it serves a registry best: an ephemeral node per instance with the address in its name, and a
 * persistent recursive watch per service, whose event has that name, so that nothing is to be read afterwards.
 */
public final class ZookeeperPeer implements RegistryPeer {
    private static final int SESSION_MS = 30_000;
    private static final byte[] PAYLOAD = RegistryPeer.metadata().getBytes(StandardCharsets.US_ASCII);

    private final String address;
    private final Map<Integer, ZooKeeper> sessions = new HashMap<>();
    private final Set<String> parents = ConcurrentHashMap.newKeySet();

    private ZookeeperPeer(int port) {
        address = "127.0.0.1:" + port;
    }

    /** Takes the server's port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new ZookeeperPeer(Integer.parseInt(arguments[0])));
    }

    @Override
    public void watch(List<String> services, IntConsumer told) throws Exception {
        ZooKeeper zookeeper = connect();
        for (String service : services) {
            zookeeper.addWatch(
                    node(service),
                    event -> {
                        if (event.getType() == Watcher.Event.EventType.NodeCreated) {
                            told.accept(RegistryPeer.number(
                                    event.getPath().substring(event.getPath().lastIndexOf('/') + 1)));
                        }
                    },
                    AddWatchMode.PERSISTENT_RECURSIVE);
        }
    }

    @Override
    public Session session(int thread) throws Exception {
        ZooKeeper zookeeper = sessions.get(thread);
        if (zookeeper == null) {
            zookeeper = connect();
            sessions.put(thread, zookeeper);
        }
        return new Creating(zookeeper);
    }

    private ZooKeeper connect() throws IOException, InterruptedException {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper zookeeper = new ZooKeeper(address, SESSION_MS, event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        if (!connected.await(SESSION_MS, TimeUnit.MILLISECONDS)) {
            throw new IOException("ZooKeeper did not take a connection");
        }
        return zookeeper;
    }

    private static String node(String service) {
        return "/" + service.substring(1).replace('/', '_');
    }

    private final class Creating implements Session {
        private final ZooKeeper zookeeper;

        Creating(ZooKeeper zookeeper) {
            this.zookeeper = zookeeper;
        }

        @Override
        public void register(String service, int number) throws Exception {
            parent(service);
            zookeeper.create(path(service, number), PAYLOAD, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        }

        @Override
        public void registerAll(List<String> services, int firstNumber) throws Exception {
            CountDownLatch answered = new CountDownLatch(services.size());
            AtomicInteger failed = new AtomicInteger();
            for (int i = 0; i < services.size(); i++) {
                parent(services.get(i));
                zookeeper.create(
                        path(services.get(i), firstNumber + i),
                        PAYLOAD,
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.EPHEMERAL,
                        (code, path, context, name) -> {
                            failed.addAndGet(code == KeeperException.Code.OK.intValue() ? 0 : 1);
                            answered.countDown();
                        },
                        null);
            }
            if (!answered.await(SESSION_MS, TimeUnit.MILLISECONDS) || failed.get() > 0) {
                throw new IOException(failed + " of " + services.size() + " creations failed");
            }
        }

        private String path(String service, int number) {
            return node(service) + "/" + RegistryPeer.host(number);
        }

        private void parent(String service) throws Exception {
            if (parents.add(service)) {
                try {
                    zookeeper.create(node(service), new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                } catch (KeeperException.NodeExistsException earlier) {
                    return; // of an earlier process
                }
            }
        }
    }
}
