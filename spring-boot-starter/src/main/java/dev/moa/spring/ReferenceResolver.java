package dev.moa.spring;

import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.util.Assert;

/**
 * Answers each injection point that carries {@link MoaReference} with a proxy of the service, before Spring
 * looks for a bean. It stands where Spring decides on {@code @Lazy} proxies, which is the one place that sees
 * constructor parameters, {@code @Bean} method parameters and fields alike.
 */
final class ReferenceResolver extends ContextAnnotationAutowireCandidateResolver {

    /** Puts the resolver into the bean factory, before the first bean is made. */
    static BeanFactoryPostProcessor installer() {
        return (ConfigurableListableBeanFactory factory) -> {
            ReferenceResolver resolver = new ReferenceResolver();
            resolver.setBeanFactory(factory);
            ((DefaultListableBeanFactory) factory).setAutowireCandidateResolver(resolver);
        };
    }

    @Override
    public @Nullable Object getLazyResolutionProxyIfNecessary(
            DependencyDescriptor descriptor, @Nullable String beanName) {
        MoaReference reference = Arrays.stream(descriptor.getAnnotations())
                .filter(MoaReference.class::isInstance)
                .map(MoaReference.class::cast)
                .findFirst()
                .orElse(null);
        return reference == null
                ? super.getLazyResolutionProxyIfNecessary(descriptor, beanName)
                : proxy(reference, descriptor.getDependencyType());
    }

    private Object proxy(MoaReference reference, Class<?> type) {
        BeanFactory factory = getBeanFactory();
        Assert.state(factory instanceof ConfigurableListableBeanFactory, "no bean factory");
        String name = ((ConfigurableListableBeanFactory) factory).resolveEmbeddedValue(reference.value());
        return factory.getBean(MoaClient.class).proxy(ServiceName.of(name == null ? reference.value() : name), type);
    }
}
