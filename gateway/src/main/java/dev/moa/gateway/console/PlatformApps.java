package dev.moa.gateway.console;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the platform's apps are.
 *
 * @param registry Base URL of the registry, or of what balances its replicas.
 * @param router Base URL of a router.
 * @param parallelProxy Base URL of the parallel proxy.
 * @param asyncBroker Base URL of the async broker.
 * @param monitor Base URL of the monitor.
 */
@ConfigurationProperties("moa.gateway.apps")
public record PlatformApps(
        @DefaultValue("http://127.0.0.1:8081") URI registry,
        @DefaultValue("http://127.0.0.1:8082") URI router,
        @DefaultValue("http://127.0.0.1:8083") URI parallelProxy,
        @DefaultValue("http://127.0.0.1:8084") URI asyncBroker,
        @DefaultValue("http://127.0.0.1:8086") URI monitor) {

    /** Returns the base URLs by the names that stand in paths, in the order in which people think of them. */
    public Map<String, URI> byName() {
        Map<String, URI> apps = new LinkedHashMap<>();
        apps.put("registry", registry);
        apps.put("router", router);
        apps.put("parallel-proxy", parallelProxy);
        apps.put("async-broker", asyncBroker);
        apps.put("monitor", monitor);
        return apps;
    }
}
