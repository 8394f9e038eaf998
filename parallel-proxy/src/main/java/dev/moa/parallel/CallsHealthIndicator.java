package dev.moa.parallel;

import dev.moa.parallel.forward.Forwarder;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.ServiceName;
import dev.moa.sdk.MoaClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Health {@code calls}: the proxy itself is up; {@code problems} says whether it finds services. */
@Component
class CallsHealthIndicator extends AbstractHealthIndicator {
    private static final ServiceName LOOKUP = ServiceName.of("/service/lookup");
    private static final Duration TIMEOUT = Duration.ofMillis(500);

    private final MoaClient client;
    private final Forwarder forwarder;

    CallsHealthIndicator(MoaClient client, Forwarder forwarder) {
        this.client = client;
        this.forwarder = forwarder;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) throws InterruptedException {
        builder.up()
                .withDetail("calls", forwarder.calls())
                .withDetail("waiting", forwarder.waiting())
                .withDetail("services", forwarder.lanes())
                .withDetail("problems", problems());
    }

    private List<String> problems() throws InterruptedException {
        try {
            client.directory()
                    .lookup(LOOKUP, Deadline.after(TIMEOUT))
                    .get(TIMEOUT.toMillis() + 100, TimeUnit.MILLISECONDS);
            return List.of();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return List.of("routers: " + cause.getMessage());
        } catch (TimeoutException e) {
            return List.of("routers: no answer within " + TIMEOUT.toMillis() + " ms");
        }
    }
}
