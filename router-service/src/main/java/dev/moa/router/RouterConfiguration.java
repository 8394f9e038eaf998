package dev.moa.router;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.client.ConnectionOptions;
import dev.moa.router.address.AddressSource;
import dev.moa.router.address.ServiceView;
import dev.moa.router.chain.Catalog;
import dev.moa.router.chain.Lookup;
import dev.moa.router.chain.Shadow;
import dev.moa.router.chain.Switches;
import dev.moa.router.configured.StaticProperties;
import dev.moa.router.configured.StaticSource;
import dev.moa.router.dns.DnsProperties;
import dev.moa.router.dns.DnsSource;
import dev.moa.router.haproxy.HaproxyDriver;
import dev.moa.router.live.LiveProperties;
import dev.moa.router.live.LiveSource;
import dev.moa.router.live.LiveView;
import dev.moa.router.operator.SharedHash;
import dev.moa.router.peers.Digests;
import dev.moa.router.peers.Peers;
import dev.moa.router.peers.PeersProperties;
import dev.moa.router.peers.SharedLosses;
import dev.moa.router.pinned.PinnedSource;
import dev.moa.router.readthrough.StoreSource;
import dev.moa.router.snapshot.SnapshotProperties;
import dev.moa.router.snapshot.SnapshotStore;
import dev.moa.router.store.RedisLink;
import dev.moa.router.store.RegistryStore;
import dev.moa.router.store.WakeSubscription;
import dev.moa.router.watch.WatchProperties;
import dev.moa.router.watch.Watches;
import dev.moa.router.wire.LookupCalls;
import dev.moa.router.wire.LookupHandler;
import dev.moa.spring.CallHandlerRegistration;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.ClientResourcesBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.LettuceClientOptionsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Puts the router together: the store, the sources in their order, and who wakes whom. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    DnsProperties.class,
    LiveProperties.class,
    PeersProperties.class,
    ReplicaProperties.class,
    SnapshotProperties.class,
    StaticProperties.class,
    WatchProperties.class
})
class RouterConfiguration {
    private static final Duration MAX_RECONNECT_DELAY = Duration.ofMillis(500);

    @Bean
    Clock clock() {
        return new SteadyClock(Clock.systemUTC(), System::nanoTime);
    }

    /** Reconnects within half a second of Redis's return; the client's own default waits up to thirty. */
    @Bean
    ClientResourcesBuilderCustomizer quickReconnect() {
        return resources -> resources.reconnectDelay(
                Delay.exponential(Duration.ofMillis(50), MAX_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS));
    }

    /** While there is no connection a command fails at once: the chain has other sources to ask. */
    @Bean
    LettuceClientOptionsBuilderCustomizer failFast() {
        return options -> options.disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .timeoutOptions(TimeoutOptions.enabled());
    }

    @Bean
    RedisLink redisLink(LettuceConnectionFactory factory) {
        return new RedisLink(() -> client(factory));
    }

    private static AbstractRedisClient client(LettuceConnectionFactory factory) {
        AbstractRedisClient client = factory.getNativeClient();
        if (client == null) {
            throw new IllegalStateException("the Redis connection factory is stopped");
        }
        return client;
    }

    @Bean
    RegistryStore primaryStore(RedisLink redisLink, LiveProperties settings) {
        return new RegistryStore(redisLink, settings.storeTimeout());
    }

    @Bean
    LiveView liveView(RegistryStore primaryStore, LiveProperties settings, Clock clock) {
        return new LiveView(primaryStore, settings, clock);
    }

    @Bean
    SnapshotStore snapshotStore(SnapshotProperties settings, Clock clock) {
        return new SnapshotStore(settings, clock);
    }

    @Bean
    SharedHash sourceSwitches(RedisLink redisLink, Clock clock, SnapshotProperties disk) {
        return operatorWords("sources", redisLink, clock, disk);
    }

    @Bean
    SharedHash pinnedAnswers(RedisLink redisLink, Clock clock, SnapshotProperties disk) {
        return operatorWords("pinned", redisLink, clock, disk);
    }

    private static SharedHash operatorWords(String name, RedisLink link, Clock clock, SnapshotProperties disk) {
        return new SharedHash(
                link,
                "moa:router:" + name,
                RouterLifecycle.SWITCHES_CHANNEL,
                name,
                Switches::atMs,
                clock,
                disk.directory().resolve(name + ".json"),
                disk.maxSize().toBytes());
    }

    @Bean
    Switches switches(SharedHash sourceSwitches) {
        return new Switches(sourceSwitches);
    }

    @Bean
    PinnedSource pinnedSource(SharedHash pinnedAnswers, Clock clock) {
        return new PinnedSource(pinnedAnswers, clock);
    }

    @Bean
    StaticSource staticSource(StaticProperties settings) {
        return new StaticSource(settings);
    }

    @Bean
    DnsSource dnsSource(DnsProperties settings) {
        return new DnsSource(settings);
    }

    @Bean
    ReplicaClient replicaClient(
            ReplicaProperties settings, ClientResources resources, LettuceConnectionFactory factory) {
        // those of the primary's client: with TLS the same certificates hold
        ClientOptions options =
                factory.getClientConfiguration().getClientOptions().orElseGet(ClientOptions::create);
        return new ReplicaClient(
                settings.url(), factory.getClientConfiguration().getCommandTimeout(), resources, options);
    }

    @Bean
    RouterMetrics routerMetrics(MeterRegistry registry) {
        return new RouterMetrics(registry);
    }

    @Bean
    Lookup lookup(
            PinnedSource pinned,
            LiveView live,
            ReplicaClient replica,
            RegistryStore primaryStore,
            SnapshotStore snapshot,
            DnsSource dns,
            StaticSource configured,
            List<AddressSource> beans,
            Switches switches,
            RouterMetrics metrics,
            LiveProperties settings,
            Clock clock) {
        AddressSource replicaSource = new StoreSource(
                "replica",
                "a copy of the registry's Redis (moa.router.replica.url)",
                replica.isConfigured() ? new RegistryStore(replica.link, settings.storeTimeout()) : null,
                live::doubt,
                view -> remember(snapshot, live, view, clock));
        AddressSource primarySource = new StoreSource(
                "primary",
                "the registry's Redis, read for one lookup",
                primaryStore,
                live::doubt,
                view -> remember(snapshot, live, view, clock));
        List<AddressSource> sources = new ArrayList<>(List.of(pinned, new LiveSource(live, clock)));
        List<AddressSource> behind = List.of(replicaSource, primarySource, snapshot, dns, configured);
        // the bridges: whatever else is a source
        beans.stream().filter(bean -> bean != pinned && !behind.contains(bean)).forEach(sources::add);
        sources.addAll(behind);
        return new Lookup(sources, switches, metrics::found);
    }

    @Bean
    Shadow shadow(Lookup lookup, Switches switches, Clock clock, MeterRegistry metrics) {
        Shadow shadow = new Shadow(lookup, switches, clock);
        RouterMetrics.bind(shadow, metrics);
        return shadow;
    }

    private static void remember(SnapshotStore snapshot, LiveView live, ServiceView view, Clock clock) {
        snapshot.remember(view, clock.millis());
        live.refresh(view.service());
    }

    @Bean
    Watches watches(Lookup lookup, WatchProperties settings) {
        return new Watches(lookup, settings);
    }

    @Bean
    Digests digests(Lookup lookup, Catalog catalog) {
        return new Digests(lookup, catalog);
    }

    @Bean
    Peers peers(
            Lookup lookup,
            Digests digests,
            TokenBook tokens,
            MoaSsl ssl,
            PeersProperties settings,
            RouterMetrics metrics,
            Clock clock) {
        Peers peers = new Peers(lookup, digests, toRouters(tokens, ssl), settings.interval(), clock);
        metrics.bind(peers);
        return peers;
    }

    @Bean
    SharedLosses sharedLosses(LiveView live, Lookup lookup, TokenBook tokens, MoaSsl ssl) {
        return new SharedLosses(live, lookup, toRouters(tokens, ssl));
    }

    private static ConnectionOptions toRouters(TokenBook tokens, MoaSsl ssl) {
        return ConnectionOptions.defaults()
                .withToken(tokens.own())
                .withApp("router")
                .withSsl(ssl.client());
    }

    @Bean
    LookupHandler lookupHandler(
            Lookup lookup, Watches watches, HaproxyDriver haproxies, Digests digests, LiveView live) {
        return new LookupHandler(lookup, watches, haproxies::sendingTo, digests, live::losses);
    }

    @Bean
    CallHandlerRegistration lookupService(LookupHandler handler) {
        return new CallHandlerRegistration(LookupHandler.SERVICE, handler, LookupCalls.class);
    }

    @Bean
    Catalog catalog(Lookup lookup) {
        return () -> {
            Set<ServiceName> names = new TreeSet<>();
            lookup.sources().forEach(source -> names.addAll(source.services()));
            return names;
        };
    }

    @Bean
    WakeSubscription wakeSubscription(
            RedisLink redisLink, LiveView live, SharedHash sourceSwitches, SharedHash pinnedAnswers) {
        Runnable syncOperators = () -> {
            sourceSwitches.syncSoon();
            pinnedAnswers.syncSoon();
        };
        WakeSubscription wakes = new WakeSubscription(
                redisLink,
                Map.of(
                        RouterLifecycle.WAKE_CHANNEL,
                        live::wake,
                        RouterLifecycle.SWITCHES_CHANNEL,
                        message -> syncOperators.run()),
                () -> {
                    live.compareSoon();
                    syncOperators.run();
                });
        redisLink.onReopened(() -> {
            live.compareSoon();
            wakes.checkSoon();
        });
        return wakes;
    }

    /** The client of the replica, if one is configured; made when first needed. */
    static final class ReplicaClient implements AutoCloseable {
        private final @Nullable String url;
        private final Supplier<RedisClient> maker;
        private @Nullable RedisClient client;
        final RedisLink link = new RedisLink(this::client);

        /** @param timeout of an answer, where the url has none */
        ReplicaClient(@Nullable String url, Duration timeout, ClientResources resources, ClientOptions options) {
            this.url = url;
            this.maker = () -> {
                RedisURI where = RedisURI.create(String.valueOf(url));
                if (where.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION)) {
                    where.setTimeout(timeout);
                }
                RedisClient made = RedisClient.create(resources, where);
                made.setOptions(options);
                return made;
            };
        }

        boolean isConfigured() {
            return url != null && !url.isBlank();
        }

        synchronized RedisClient client() {
            RedisClient made = client;
            if (made == null) {
                made = maker.get();
                client = made;
            }
            return made;
        }

        @Override
        public synchronized void close() {
            link.close();
            RedisClient made = client;
            if (made != null) {
                made.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }
}
