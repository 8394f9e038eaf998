package dev.moa.async.task;

import dev.moa.protocol.ServiceName;
import java.net.URI;
import java.util.Map;

/** Where a task goes. */
public sealed interface Target {

    /** Returns what shares one bulkhead and one circuit breaker: the service, or scheme, host and port. */
    String name();

    /**
     * A method of a service.
     *
     * @param service whom to call
     * @param method what to call
     */
    record ServiceTarget(ServiceName service, String method) implements Target {
        @Override
        public String name() {
            return service.value();
        }
    }

    /**
     * An HTTP endpoint.
     *
     * @param url absolute, http or https
     * @param method the HTTP method
     * @param headers what is sent along
     */
    record HttpTarget(URI url, String method, Map<String, String> headers) implements Target {
        public HttpTarget {
            headers = Map.copyOf(headers);
        }

        @Override
        public String name() {
            return url.getScheme() + "://" + url.getRawAuthority();
        }
    }
}
