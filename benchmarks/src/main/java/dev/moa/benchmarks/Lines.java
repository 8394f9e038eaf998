package dev.moa.benchmarks;

import java.util.concurrent.Flow;
import java.util.function.Consumer;

/** Takes the lines of an answer that never ends, as they come. */
record Lines(Consumer<String> taker) implements Flow.Subscriber<String> {

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(String line) {
        taker.accept(line);
    }

    @Override
    public void onError(Throwable failure) {
        // the benchmark counts what came; a connection that broke shows as lines that are missing
    }

    @Override
    public void onComplete() {
        // as above
    }
}
