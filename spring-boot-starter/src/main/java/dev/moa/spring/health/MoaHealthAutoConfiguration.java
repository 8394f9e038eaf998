package dev.moa.spring.health;

import dev.moa.sdk.MoaClient;
import dev.moa.sdk.stats.Statistics;
import dev.moa.spring.MoaAutoConfiguration;
import dev.moa.spring.PublishedServer;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health and information of the moa port, where the application has Actuator. */
@AutoConfiguration(after = MoaAutoConfiguration.class)
public class MoaHealthAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    @EnableConfigurationProperties(MoaHealthProperties.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnEnabledHealthIndicator("moa")
        @ConditionalOnMissingBean(name = "moaHealthIndicator")
        HealthIndicator moaHealthIndicator(
                PublishedServer published, MoaClient client, Statistics statistics, MoaHealthProperties settings) {
            return new MoaHealthIndicator(published, client, statistics, settings);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(InfoContributor.class)
    static class InfoConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "moaInfoContributor")
        InfoContributor moaInfoContributor(PublishedServer published) {
            return new MoaInfoContributor(published);
        }
    }
}
