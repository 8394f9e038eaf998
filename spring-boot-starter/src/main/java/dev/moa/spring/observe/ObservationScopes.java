package dev.moa.spring.observe;

import dev.moa.sdk.context.CallScope;
import dev.moa.spring.BeanDecorator;
import io.micrometer.observation.Observation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Opens the observation of the call being served around the methods of a published bean, on the thread that runs
 * them: its log lines have the trace's id, and what it observes is nested.
 */
final class ObservationScopes implements BeanDecorator {

    @Override
    public <T> T decorate(Class<T> type, T bean) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    // the interface may be known to its package only
                    method.setAccessible(true);
                    try {
                        Observation observation = current();
                        if (observation == null) {
                            return method.invoke(bean, arguments);
                        }
                        try (Observation.Scope scope = observation.openScope()) {
                            return method.invoke(bean, arguments);
                        }
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                }));
    }

    private static @Nullable Observation current() {
        CallScope scope = CallScope.current();
        return scope != null && scope.incoming() instanceof ObservedCall served ? served.observation() : null;
    }
}
