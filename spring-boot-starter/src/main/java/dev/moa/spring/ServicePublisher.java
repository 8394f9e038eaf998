package dev.moa.spring;

import dev.moa.protocol.ServiceName;
import dev.moa.protocol.server.RespExtension;
import dev.moa.sdk.MoaServer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;

/**
 * Starts the moa port once all beans are there, and drains it before any of them goes: the process leaves the
 * registry, finishes its calls, and only then closes.
 *
 * <p>Without a bean to publish there is no port.
 */
final class ServicePublisher implements SmartLifecycle, PublishedServer {

    /** After Spring's own web server has started, before it stops. */
    private static final int PHASE = Integer.MAX_VALUE - 1024;

    private final ListableBeanFactory beans;
    private final Environment environment;
    private final MoaServer.Builder builder;
    private final MoaServerProperties settings;
    private final List<BeanDecorator> decorators;
    private volatile @Nullable MoaServer server;

    ServicePublisher(
            ListableBeanFactory beans,
            Environment environment,
            MoaServer.Builder builder,
            MoaServerProperties settings,
            List<BeanDecorator> decorators) {
        this.beans = beans;
        this.environment = environment;
        this.builder = builder;
        this.settings = settings;
        this.decorators = decorators;
    }

    @Override
    public @Nullable MoaServer server() {
        return server;
    }

    @Override
    public void start() {
        if (server == null && publishAll()) {
            server = builder.build().start();
        }
    }

    @Override
    public void stop() {
        MoaServer running = server;
        if (running != null) {
            running.drain(settings.drain());
            running.close();
            server = null;
        }
    }

    @Override
    public boolean isRunning() {
        return server != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    private boolean publishAll() {
        boolean any = false;
        for (String name : beans.getBeanNamesForAnnotation(MoaService.class)) {
            MoaService service = beans.findAnnotationOnBean(name, MoaService.class);
            if (service != null) {
                publish(
                        ServiceName.of(environment.resolveRequiredPlaceholders(service.value())),
                        service,
                        beans.getBean(name));
                any = true;
            }
        }
        for (CallHandlerRegistration registration :
                beans.getBeansOfType(CallHandlerRegistration.class).values()) {
            Class<?> described = registration.described();
            if (described == null) {
                builder.publish(registration.service(), registration.handler());
            } else {
                builder.publish(registration.service(), registration.handler(), described);
            }
            any = true;
        }
        for (CatchAllHandler handler :
                beans.getBeansOfType(CatchAllHandler.class).values()) {
            builder.fallback(handler);
            any = true;
        }
        beans.getBeansOfType(RespExtension.class).values().forEach(builder::respExtension);
        return any;
    }

    @SuppressWarnings("unchecked") // the bean implements the interface that was found on it
    private <T> void publish(ServiceName name, MoaService service, Object bean) {
        Class<T> type = (Class<T>) publishedType(name, service, bean);
        T published = (T) bean;
        for (BeanDecorator decorator : decorators) {
            published = decorator.decorate(type, published);
        }
        builder.serviceLimits(settings.limitsOf(name)).publish(name, type, published);
    }

    private static Class<?> publishedType(ServiceName name, MoaService service, Object bean) {
        if (service.type() != void.class) {
            if (!service.type().isInstance(bean)) {
                throw new IllegalStateException("@MoaService(\"%s\") type: %s is not implemented by %s"
                        .formatted(
                                name,
                                service.type().getName(),
                                AopUtils.getTargetClass(bean).getName()));
            }
            return service.type();
        }
        Class<?>[] interfaces = AopUtils.getTargetClass(bean).getInterfaces();
        if (interfaces.length != 1) {
            throw new IllegalStateException(
                    "@MoaService(\"%s\"): %s implements %d interfaces (expected: one, or say which by type=)"
                            .formatted(name, AopUtils.getTargetClass(bean).getName(), interfaces.length));
        }
        return interfaces[0];
    }
}
