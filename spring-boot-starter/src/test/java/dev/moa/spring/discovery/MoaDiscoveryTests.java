package dev.moa.spring.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.lookup.Directory;
import dev.moa.sdk.lookup.InstanceAddress;
import dev.moa.sdk.lookup.InstanceStatus;
import dev.moa.sdk.lookup.ServiceAnswer;
import dev.moa.spring.MoaAutoConfiguration;
import dev.moa.spring.security.MoaSecurityAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.ReactiveDiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.loadbalancer.LoadBalancerClient;
import org.springframework.cloud.loadbalancer.config.BlockingLoadBalancerClientAutoConfiguration;
import org.springframework.cloud.loadbalancer.config.LoadBalancerAutoConfiguration;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.ApplicationListener;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class MoaDiscoveryTests {
    private static final ServiceName USER = ServiceName.of("/service/user");

    private final Pushing directory = new Pushing();
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MoaAutoConfiguration.class,
                    MoaSecurityAutoConfiguration.class,
                    MoaDiscoveryAutoConfiguration.class,
                    LoadBalancerAutoConfiguration.class,
                    BlockingLoadBalancerClientAutoConfiguration.class))
            .withBean(
                    MoaClient.class,
                    () -> MoaClient.builder().app("tests").directory(directory).build())
            .withPropertyValues(
                    "moa.registry.urls=",
                    "moa.statistics.enabled=false",
                    "moa.app=tests",
                    "moa.discovery.timeout=200ms");

    /** A directory whose answers a test gives. */
    private static final class Pushing implements Directory {
        private final Map<ServiceName, Consumer<ServiceAnswer>> listeners = new ConcurrentHashMap<>();
        private final Map<ServiceName, ServiceAnswer> answers = new ConcurrentHashMap<>();

        void push(ServiceName service, InstanceAddress... instances) {
            ServiceAnswer answer = new ServiceAnswer(service, "e1", 1, "live", 0, List.of(instances));
            answers.put(service, answer);
            Consumer<ServiceAnswer> listener = listeners.get(service);
            if (listener != null) {
                listener.accept(answer);
            }
        }

        @Override
        public CompletableFuture<List<ServiceName>> services(Deadline deadline) {
            return CompletableFuture.completedFuture(
                    answers.keySet().stream().sorted().toList());
        }

        @Override
        public CompletableFuture<ServiceAnswer> lookup(ServiceName service, Deadline deadline) {
            return CompletableFuture.completedFuture(answers.get(service));
        }

        @Override
        public AutoCloseable watch(ServiceName service, Consumer<ServiceAnswer> listener) {
            listeners.put(service, listener);
            ServiceAnswer now = answers.get(service);
            if (now != null) {
                listener.accept(now);
            }
            return () -> listeners.remove(service);
        }
    }

    private static InstanceAddress instance(int port) {
        return InstanceAddress.of("10.0.0.1", port);
    }

    @Test
    void discoveryClientsListWhatCanBeCalled() {
        directory.push(USER, instance(1), instance(2).withStatus(InstanceStatus.DRAINING));
        directory.push(ServiceName.of("/service/feed/nearby"), instance(3));

        application.run(context -> {
            DiscoveryClient blocking = context.getBean(MoaDiscoveryClient.class);
            ReactiveDiscoveryClient reactive = context.getBean(MoaReactiveDiscoveryClient.class);

            assertThat(blocking.getInstances("user")).singleElement().satisfies(found -> {
                assertThat(found.getUri()).hasToString("http://10.0.0.1:1");
                assertThat(found.getServiceId()).isEqualTo("user");
                assertThat(found.getMetadata()).containsEntry("weight", "100");
            });
            assertThat(blocking.getInstances("/service/user")).hasSize(1);
            assertThat(reactive.getInstances("nearby.feed").collectList().block())
                    .extracting(ServiceInstance::getPort)
                    .containsExactly(3);
            assertThat(blocking.getInstances("nobody")).isEmpty();
            assertThatThrownBy(() -> blocking.getInstances("Not a Name")).isInstanceOf(IllegalArgumentException.class);
        });
        assertThat(directory.listeners).as("watches end with the application").isEmpty();
    }

    @Test
    void allServicesAreListedAndNewOnesTold() {
        directory.push(USER, instance(1));
        directory.push(ServiceName.of("/service/feed/nearby"), instance(2));
        directory.push(ServiceName.of("/other/place"), instance(3));

        application
                .withPropertyValues("moa.discovery.refresh=20ms")
                .withBean(Heartbeats.class)
                .run(context -> {
                    DiscoveryClient blocking = context.getBean(MoaDiscoveryClient.class);
                    ReactiveDiscoveryClient reactive = context.getBean(MoaReactiveDiscoveryClient.class);
                    assertThat(blocking.getServices()).containsExactly("/other/place", "nearby.feed", "user");
                    assertThat(blocking.getServices())
                            .allSatisfy(
                                    id -> assertThat(blocking.getInstances(id)).hasSize(1));

                    directory.push(ServiceName.of("/service/shop"), instance(4));

                    await().until(() -> context.getBean(Heartbeats.class).told.stream()
                            .anyMatch(event -> event.getValue().equals(blocking.getServices())));
                    assertThat(reactive.getServices().collectList().block())
                            .containsExactly("/other/place", "nearby.feed", "shop", "user");
                });
    }

    @Test
    void threadThatMustNotWaitGetsTheListByAHeartbeat() {
        directory.push(USER, instance(1));

        application
                .withPropertyValues("moa.discovery.refresh=20ms")
                .withBean(Heartbeats.class)
                .run(context -> {
                    DiscoveryClient blocking = context.getBean(MoaDiscoveryClient.class);
                    Mono<List<String>> asked =
                            Mono.fromCallable(blocking::getServices).subscribeOn(Schedulers.parallel());

                    assertThat(asked.block(Duration.ofSeconds(5))).isNotNull();
                    await().until(() -> !context.getBean(Heartbeats.class).told.isEmpty());
                    assertThat(asked.block(Duration.ofSeconds(5))).containsExactly("user");
                });
    }

    /** What makes a gateway build its routes anew. */
    static final class Heartbeats implements ApplicationListener<HeartbeatEvent> {
        private final List<HeartbeatEvent> told = new CopyOnWriteArrayList<>();

        @Override
        public void onApplicationEvent(HeartbeatEvent event) {
            told.add(event);
        }
    }

    @Test
    void theLoadBalancerTakesAChangeAtOnceInItsDefaultSettings() {
        directory.push(USER, instance(1));

        application.run(context -> {
            LoadBalancerClient balancer = context.getBean(LoadBalancerClient.class);
            assertThat(balancer.choose("user").getPort()).isEqualTo(1);

            directory.push(USER, instance(2));

            assertThat(balancer.choose("user").getPort()).isEqualTo(2);
            directory.push(USER);
            assertThat(balancer.choose("user")).isNull();
            assertThat(balancer.choose("nobody")).isNull();
        });
    }

    @Test
    void withoutTheLoadBalancerOrSwitchedOffItStaysOut() {
        application
                .withClassLoader(new FilteredClassLoader(ServiceInstanceListSupplier.class))
                .run(context -> assertThat(context).hasSingleBean(MoaDiscoveryClient.class));
        application
                .withPropertyValues("moa.discovery.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(MoaDiscoveryClient.class));
    }
}
