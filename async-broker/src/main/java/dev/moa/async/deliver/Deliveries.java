package dev.moa.async.deliver;

import dev.moa.async.task.Target;
import dev.moa.async.task.Task;
import java.util.concurrent.CompletableFuture;

/** Sends each task the way of its target. */
public final class Deliveries implements Delivery {
    private final Delivery services;
    private final Delivery endpoints;

    /**
     * @param services for methods of services
     * @param endpoints for HTTP endpoints
     */
    public Deliveries(Delivery services, Delivery endpoints) {
        this.services = services;
        this.endpoints = endpoints;
    }

    @Override
    public CompletableFuture<Outcome> attempt(Task task, int attempt) {
        return (task.target() instanceof Target.ServiceTarget ? services : endpoints).attempt(task, attempt);
    }
}
