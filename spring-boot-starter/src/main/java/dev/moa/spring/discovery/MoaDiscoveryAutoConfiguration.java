package dev.moa.spring.discovery;

import dev.moa.sdk.MoaClient;
import dev.moa.spring.MoaAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.loadbalancer.annotation.LoadBalancerClients;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** Discovery clients, and the supplier of the load balancer, where Spring Cloud is on the class path. */
@AutoConfiguration(after = MoaAutoConfiguration.class)
@ConditionalOnClass({DiscoveryClient.class, Flux.class})
@ConditionalOnBean(MoaClient.class)
@ConditionalOnProperty(name = "moa.discovery.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MoaDiscoveryProperties.class)
public class MoaDiscoveryAutoConfiguration {

    @Bean(destroyMethod = "close")
    WatchedServices moaWatchedServices(MoaClient client, MoaDiscoveryProperties settings) {
        return new WatchedServices(client.directory(), settings);
    }

    @Bean(destroyMethod = "close")
    ListedServices moaListedServices(
            MoaClient client,
            WatchedServices services,
            MoaDiscoveryProperties settings,
            ApplicationEventPublisher events) {
        return new ListedServices(client.directory(), services, settings, events);
    }

    @Bean
    MoaDiscoveryClient moaDiscoveryClient(WatchedServices services, ListedServices all) {
        return new MoaDiscoveryClient(services, all);
    }

    @Bean
    MoaReactiveDiscoveryClient moaReactiveDiscoveryClient(WatchedServices services, ListedServices all) {
        return new MoaReactiveDiscoveryClient(services, all);
    }

    /** Only with Spring Cloud LoadBalancer. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ServiceInstanceListSupplier.class)
    @LoadBalancerClients(defaultConfiguration = MoaLoadBalancerConfiguration.class)
    static class Balanced {}
}
