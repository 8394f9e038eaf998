package dev.moa.router;

import dev.moa.protocol.ServiceName;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.function.Supplier;

/** Writes what the registry's scripts write, in one script per change, as they do. */
final class RegistryLayout {
    private static final String WRITE = """
        local epoch = redis.call('HGET', KEYS[1], 'epoch')
        if not epoch then
          epoch = ARGV[6]
          redis.call('HSET', KEYS[1], 'epoch', epoch, 'revision', 0)
        end
        local revision = redis.call('HINCRBY', KEYS[1], 'revision', 1)
        if ARGV[2] == '' then
          redis.call('HDEL', KEYS[2], ARGV[1])
        else
          redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        end
        redis.call('XADD', KEYS[3], 'MAXLEN', '~', 1000, revision .. '-0', 'epoch', epoch, 'type', ARGV[3],
            'id', ARGV[1], 'incarnation', 1, 'reason', ARGV[4], 'atMs', 1, 'instance', ARGV[2])
        if ARGV[7] == 'wake' then
          redis.call('PUBLISH', 'moa:wake', ARGV[5] .. ' ' .. epoch .. ' ' .. revision)
        end
        return revision
        """;

    private final Supplier<? extends RedisClusterCommands<String, String>> redis;
    private final String epoch;
    private boolean isSilent;

    RegistryLayout(Supplier<? extends RedisClusterCommands<String, String>> redis, String epoch) {
        this.redis = redis;
        this.epoch = epoch;
    }

    /** From now on nothing is published: every wake-up is lost. */
    RegistryLayout silent() {
        isSilent = true;
        return this;
    }

    long register(ServiceName service, String id, int port, String status) {
        return register(service, id, port, status, "\"zone\":\"a\"");
    }

    long register(ServiceName service, String id, int port, String status, String more) {
        String json = """
            {"id":"%s","incarnation":1,"service":"%s","host":"127.0.0.1","port":%d,"protocols":["moa","resp","http"],
            "weight":100,"tags":{},"metadata":{},"status":"%s","ttlSeconds":2,"registeredAtMs":1,"held":false,%s}
            """.formatted(id, service, port, status, more);
        return write(service, id, json, "REGISTERED", "registered");
    }

    long remove(ServiceName service, String id, String reason) {
        return write(service, id, "", "REMOVED", reason);
    }

    private long write(ServiceName service, String id, String json, String type, String reason) {
        redis.get().sadd("moa:services", service.value());
        String key = "moa:{" + service + "}:";
        Long revision = redis.get()
                .eval(
                        WRITE,
                        ScriptOutputType.INTEGER,
                        new String[] {key + "meta", key + "instances", key + "changes"},
                        id,
                        json,
                        type,
                        reason,
                        service.value(),
                        epoch,
                        isSilent ? "silent" : "wake");
        return revision;
    }
}
