package dev.moa.async.log;

/**
 * What an acknowledgement is worth, computed from the settings that the topic really has.
 *
 * @param replicas replicas of the topic of tasks
 * @param minInsync replicas that must have a write before it is acknowledged
 * @param flushedEachWrite whether Kafka flushes to disk before it acknowledges
 */
record DurabilityPromise(int replicas, int minInsync, boolean flushedEachWrite) {

    /** Returns the promise as its reader needs it. */
    String text() {
        StringBuilder text =
                new StringBuilder("acks=all, %d %s, at least %d in sync%s; kill -9 of any process: 0 lost; "
                        .formatted(
                                replicas,
                                replicas == 1 ? "replica" : "replicas",
                                minInsync,
                                flushedEachWrite ? ", flushed" : ""));
        if (flushedEachWrite) {
            text.append("power loss: 0 lost");
        } else if (minInsync < 2) {
            text.append(
                    replicas == 1
                            ? "power loss of the only Kafka node: the last unflushed writes may be lost"
                            : "loss of a Kafka node while it alone is in sync: its last writes may be lost");
        } else {
            text.append(
                    "loss of %d Kafka %s: 0 lost; power loss of all replicas at once: the last unflushed writes may be lost"
                            .formatted(minInsync - 1, minInsync == 2 ? "node" : "nodes"));
        }
        return text.toString();
    }
}
