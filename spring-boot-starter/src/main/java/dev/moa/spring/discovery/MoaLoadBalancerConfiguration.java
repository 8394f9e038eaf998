package dev.moa.spring.discovery;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cloud.loadbalancer.core.ServiceInstanceListSupplier;
import org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** What each client of Spring Cloud LoadBalancer gets; of a context of its own, so not found by scanning. */
public class MoaLoadBalancerConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ServiceInstanceListSupplier moaInstances(Environment environment, WatchedServices services) {
        return new PushedInstances(String.valueOf(LoadBalancerClientFactory.getName(environment)), services);
    }
}
