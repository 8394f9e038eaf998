package dev.moa.examples.demo;

import java.util.concurrent.CompletionStage;

/** One way to call: a kind of the demo's traffic. */
interface Traffic {

    /** Starts one call; the stage ends, well or not, within a few seconds. */
    CompletionStage<?> send();
}
