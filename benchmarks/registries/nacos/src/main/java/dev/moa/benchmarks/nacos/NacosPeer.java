package dev.moa.benchmarks.nacos;

import com.alibaba.nacos.api.NacosFactory;
import com.alibaba.nacos.api.PropertyKeyConst;
import com.alibaba.nacos.api.exception.NacosException;
import com.alibaba.nacos.api.naming.NamingService;
import com.alibaba.nacos.api.naming.listener.NamingEvent;
import com.alibaba.nacos.api.naming.pojo.Instance;
import dev.moa.benchmarks.load.registry.RegistryLoad;
import dev.moa.benchmarks.load.registry.RegistryPeer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Nacos by its own client, over gRPC. A client has one instance per service: another registration takes its place, and
 * is told as a change. A batch is of one service, for the client knows no other.
 */
public final class NacosPeer implements RegistryPeer {
    private static final String GROUP = "DEFAULT_GROUP";
    private static final long READY_S = 30;

    private final String address;
    private final Map<Integer, NamingService> sessions = new HashMap<>();

    private NacosPeer(String port) {
        address = "127.0.0.1:" + port;
    }

    /** Takes the server's port. */
    public static void main(String[] arguments) throws Exception {
        RegistryLoad.serve(new NacosPeer(arguments[0]));
    }

    @Override
    public void watch(List<String> services, IntConsumer told) throws Exception {
        NamingService naming = connect();
        for (String service : services) {
            Set<String> known = ConcurrentHashMap.newKeySet();
            naming.subscribe(name(service), event -> {
                for (Instance each : ((NamingEvent) event).getInstances()) {
                    if (known.add(each.getIp())) {
                        told.accept(RegistryPeer.number(each.getIp()));
                    }
                }
            });
        }
    }

    @Override
    public Session session(int thread) throws Exception {
        NamingService naming = sessions.get(thread);
        if (naming == null) {
            naming = connect();
            sessions.put(thread, naming);
        }
        return new Registering(naming);
    }

    private NamingService connect() throws NacosException, InterruptedException {
        Properties properties = new Properties();
        properties.setProperty(PropertyKeyConst.SERVER_ADDR, address);
        // nothing of an earlier run from the disk
        properties.setProperty(PropertyKeyConst.NAMING_LOAD_CACHE_AT_START, "false");
        NamingService naming = NacosFactory.createNamingService(properties);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_S);
        while (!naming.getServerStatus().equals("UP")) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException("Nacos is " + naming.getServerStatus() + " after " + READY_S + " s");
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return naming;
    }

    private static String name(String service) {
        return service.substring(1).replace('/', '.');
    }

    private static Instance instance(int number) {
        Instance instance = new Instance();
        instance.setIp(RegistryPeer.host(number));
        instance.setPort(7000);
        instance.setMetadata(Map.of("payload", RegistryPeer.metadata()));
        return instance;
    }

    private record Registering(NamingService naming) implements Session {

        @Override
        public void register(String service, int number) throws NacosException {
            naming.registerInstance(name(service), GROUP, instance(number));
        }

        @Override
        public void registerAll(List<String> services, int firstNumber) throws NacosException {
            List<Instance> all = new ArrayList<>(services.size());
            for (int i = 0; i < services.size(); i++) {
                all.add(instance(firstNumber + i));
            }
            naming.batchRegisterInstance(name(services.get(0)), GROUP, all);
        }
    }
}
