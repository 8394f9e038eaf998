<?php
// what the phpredis clients have in common

/** Calls in turns until the input ends; says how many were good every 20 ms, and at once what failed. */
function callUntilInputEnds(callable $call): void
{
    stream_set_blocking(STDIN, false);
    $good = 0;
    $printed = microtime(true);
    for ($turn = 0; !feof(STDIN); $turn++) {
        fgets(STDIN);
        try {
            $reply = $call($turn);
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
}

/** As a request of php-fpm: takes a connection of the pool, which shows that it lives, and gives it back. */
function callOnce(string $host, int $port): string
{
    $redis = new Redis();
    $redis->pconnect($host, $port, 5);
    $reply = $redis->get(getenv('MOA_CALL'));
    if ($reply === false) {
        throw new RedisException('no reply: ' . $redis->getLastError());
    }
    return $reply;
}
