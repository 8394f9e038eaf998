package dev.moa.spring;

import dev.moa.protocol.server.Authenticator;
import dev.moa.sdk.ClientInterceptor;
import dev.moa.sdk.MoaClient;
import dev.moa.sdk.MoaServer;
import dev.moa.sdk.ServerInterceptor;
import dev.moa.sdk.balance.Balancer;
import dev.moa.sdk.stats.Statistics;
import dev.moa.sdk.stats.StatisticsReporter;
import dev.moa.spring.security.BindGuard;
import dev.moa.spring.security.MoaSecurityAutoConfiguration;
import dev.moa.spring.security.TokenBook;
import dev.moa.spring.ssl.MoaSsl;
import java.time.Clock;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The moa client, the moa port and the statistics of an application, by settings under {@code moa}. */
@AutoConfiguration(after = {MoaSecurityAutoConfiguration.class, SslAutoConfiguration.class})
@EnableConfigurationProperties({
    MoaProperties.class,
    MoaServerProperties.class,
    MoaClientProperties.class,
    MoaStatisticsProperties.class
})
public class MoaAutoConfiguration {

    @Bean
    static BeanFactoryPostProcessor moaReferenceResolver() {
        return ReferenceResolver.installer();
    }

    @Bean
    @ConditionalOnMissingBean
    Clock moaClock() {
        return Clock.systemUTC();
    }

    @Bean
    @ConditionalOnMissingBean
    Statistics moaStatistics() {
        return Statistics.create();
    }

    @Bean
    @ConditionalOnMissingBean
    MoaSsl moaSsl(
            MoaProperties moa,
            MoaServerProperties server,
            MoaClientProperties client,
            ObjectProvider<SslBundles> bundles) {
        String ofPort = server.ssl().bundle();
        String ofClient = client.ssl().bundle();
        if (ofClient == null && client.ssl().required()) {
            throw new InvalidConfigurationPropertyValueException(
                    "moa.client.ssl.required", true, "There is no TLS to call others by. Set moa.client.ssl.bundle.");
        }
        client.ssl()
                .checkAddresses("moa.router.addresses", "tls://", moa.router().addresses());
        client.ssl()
                .checkAddresses("moa.registry.urls", "https://", moa.registry().urls());
        return new MoaSsl(
                ofPort == null
                        ? null
                        : MoaSsl.server(
                                bundles.getObject(),
                                "moa.server.ssl.bundle",
                                ofPort,
                                server.ssl().netty()),
                ofClient == null
                        ? null
                        : MoaSsl.client(
                                bundles.getObject(),
                                "moa.client.ssl.bundle",
                                ofClient,
                                client.ssl().verifyHostname()),
                client.ssl().required());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    MoaClient moaClient(
            MoaProperties moa,
            MoaClientProperties client,
            MoaSsl ssl,
            TokenBook tokens,
            Statistics statistics,
            ObjectProvider<ClientInterceptor> interceptors,
            ObjectProvider<Balancer> balancer,
            Environment environment) {
        MoaClient.Builder builder = MoaClient.builder()
                .app(app(moa, environment))
                .routers(moa.router().addresses())
                .snapshot(client.snapshot())
                .timeout(client.timeout())
                .calls(client.callSettings())
                .balancer(balancer.getIfAvailable(() -> client.newBalancer(moa.zone())))
                .zone(moa.zone())
                .token(tokens.own())
                .ssl(ssl.client())
                .sslRequired(ssl.required())
                // one share for the traces that begin here, whether the application has a tracer or not
                .traceRatio(environment.getProperty("management.tracing.sampling.probability", Double.class, 0.1))
                .statistics(statistics);
        client.newBalancers(moa.zone()).forEach(builder::balancer);
        interceptors.orderedStream().forEach(builder::interceptor);
        return builder.build();
    }

    @Bean
    ServicePublisher moaServicePublisher(
            ListableBeanFactory beans,
            Environment environment,
            MoaProperties moa,
            MoaServerProperties server,
            MoaSsl ssl,
            TokenBook tokens,
            Statistics statistics,
            ObjectProvider<ServerInterceptor> interceptors,
            ObjectProvider<BeanDecorator> decorators) {
        BindGuard.check("moa.server.host", server.host(), tokens);
        MoaServer.Builder builder = MoaServer.builder()
                .app(app(moa, environment))
                .host(server.host())
                .port(server.port())
                .registries(moa.registry().urls())
                .weight(server.weight())
                .tags(server.tags())
                .metadata(server.metadata())
                .advertiseHost(moa.advertise().host())
                .zone(moa.zone())
                .version(server.version())
                .quietTime(server.quietTime())
                .token(tokens.own())
                .ssl(ssl.server())
                .registrySsl(ssl.client())
                .registrySslRequired(ssl.required())
                .statistics(statistics);
        interceptors.orderedStream().forEach(builder::interceptor);
        if (tokens.isRequired()) {
            builder.authenticator(Authenticator.tokens(tokens.callers()));
        }
        return new ServicePublisher(
                beans, environment, builder, server, decorators.orderedStream().toList());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnProperty(name = "moa.statistics.enabled", matchIfMissing = true)
    StatisticsReporter moaStatisticsReporter(
            Statistics statistics,
            MoaClient client,
            MoaProperties moa,
            MoaStatisticsProperties settings,
            Environment environment,
            Clock clock) {
        return StatisticsReporter.builder(statistics, client::call)
                .app(app(moa, environment))
                .interval(settings.interval())
                .clock(clock)
                .build();
    }

    private static String app(MoaProperties moa, Environment environment) {
        return moa.app() != null ? moa.app() : environment.getProperty("spring.application.name", "app");
    }
}
