<?php
// phpredis finds the service by Sentinel and calls it until its input ends; argument: a router's moa port

$router = (int) $argv[1];
$call = getenv('MOA_CALL');
stream_set_blocking(STDIN, false);
$good = 0;
$printed = microtime(true);

function call(int $router, string $call): string
{
    // as a request of php-fpm: asks where, then takes a connection of the pool, which shows that it lives
    $sentinel = new RedisSentinel('127.0.0.1', $router, 5, 'sentinel');
    [$host, $port] = $sentinel->getMasterAddrByName('/service/helloworld');
    $redis = new Redis();
    $redis->pconnect($host, (int) $port, 5);
    $reply = $redis->get($call);
    if ($reply === false) {
        throw new RedisException('no reply: ' . $redis->getLastError());
    }
    return $reply;
}

while (!feof(STDIN)) {
    fgets(STDIN);
    try {
        $reply = call($router, $call);
        if (str_contains($reply, 'hello world')) {
            $good++;
        } else {
            echo 'failed ', $reply, "\n";
        }
    } catch (RedisException $e) {
        echo 'failed ', $e->getMessage(), "\n";
    }
    if (microtime(true) - $printed > 0.02) {
        echo $good, "\n";
        $good = 0;
        $printed = microtime(true);
    }
    usleep(2_000);
}
echo $good, "\n";
