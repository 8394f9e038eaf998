<?php
// phpredis with its pool and one retry at the next address, until its input ends; arguments: ports

$ports = array_map('intval', array_slice($argv, 1));
$call = getenv('MOA_CALL');
stream_set_blocking(STDIN, false);
$good = 0;
$printed = microtime(true);

function call(int $port, string $call): string
{
    $redis = new Redis();
    // as a request of php-fpm: takes a connection of the pool, which shows that it lives, and gives it back
    $redis->pconnect('127.0.0.1', $port, 5);
    $reply = $redis->get($call);
    if ($reply === false) {
        throw new RedisException('no reply: ' . $redis->getLastError());
    }
    return $reply;
}

for ($turn = 0; !feof(STDIN); $turn++) {
    fgets(STDIN);
    try {
        try {
            $reply = call($ports[$turn % count($ports)], $call);
        } catch (RedisException $e) {
            $reply = call($ports[($turn + 1) % count($ports)], $call);
        }
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
