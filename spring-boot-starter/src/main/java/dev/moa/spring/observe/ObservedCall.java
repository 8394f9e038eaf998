package dev.moa.spring.observe;

import dev.moa.protocol.Caller;
import dev.moa.protocol.Deadline;
import dev.moa.protocol.IncomingCall;
import io.micrometer.observation.Observation;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A call that comes in, with its observation, so that whoever serves it on another thread finds it. */
record ObservedCall(IncomingCall call, Observation observation) implements IncomingCall {

    @Override
    public Deadline deadline() {
        return call.deadline();
    }

    @Override
    public SocketAddress peer() {
        return call.peer();
    }

    @Override
    public @Nullable Caller caller() {
        return call.caller();
    }

    @Override
    public boolean isCancelled() {
        return call.isCancelled();
    }

    @Override
    public void onCancel(Runnable action) {
        call.onCancel(action);
    }
}
