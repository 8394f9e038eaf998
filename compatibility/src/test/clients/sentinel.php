<?php
// phpredis finds the service by Sentinel and calls it until its input ends; argument: a router's moa port

require __DIR__ . '/calls.php';

$router = (int) $argv[1];

callUntilInputEnds(function () use ($router): string {
    $sentinel = new RedisSentinel('127.0.0.1', $router, 5, 'sentinel');
    [$host, $port] = $sentinel->getMasterAddrByName('/service/helloworld');
    return callOnce($host, (int) $port);
});
