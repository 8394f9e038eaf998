<?php
// phpredis with its pool and one retry at the next address, until its input ends; arguments: ports

require __DIR__ . '/calls.php';

$ports = array_map('intval', array_slice($argv, 1));

callUntilInputEnds(function (int $turn) use ($ports): string {
    try {
        return callOnce('127.0.0.1', $ports[$turn % count($ports)]);
    } catch (RedisException $e) {
        return callOnce('127.0.0.1', $ports[($turn + 1) % count($ports)]);
    }
});
