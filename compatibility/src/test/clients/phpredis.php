<?php
// phpredis as it is

function cell(string $name, string ...$values): void
{
    echo $name, "\t", implode('|', $values), "\n";
}

function client(string $port, bool $persistent = false): Redis
{
    $redis = new Redis();
    $persistent ? $redis->pconnect('127.0.0.1', (int) getenv($port)) : $redis->connect('127.0.0.1', (int) getenv($port));
    return $redis;
}

$call = getenv('MOA_CALL');

$redis = client('MOA_PORT');
cell('get', $redis->get($call));
cell('pipeline', ...$redis->pipeline()->get($call)->get($call)->get($call)->exec());
cell('multi', ...$redis->multi()->get($call)->get($call)->exec());
cell('mget', ...$redis->mget([$call, $call]));
$redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_JSON);
cell('json', $redis->get($call)['result']);
$redis->setOption(Redis::OPT_PREFIX, 'pre:');
cell('prefix', $redis->get($call)['message']);

// a connection of the pool shows by an ECHO that it lives, each time that it is taken again
$first = client('MOA_PORT', true);
$id = $first->rawCommand('CLIENT', 'ID');
unset($first);
$again = client('MOA_PORT', true);
cell('pconnect', $again->rawCommand('CLIENT', 'ID') === $id ? $again->get($call) : 'another connection');

$guarded = client('MOA_GUARDED_PORT');
cell('auth', $guarded->auth(getenv('MOA_TOKEN')) ? $guarded->get($call) : 'refused');
cell('select', $guarded->select(2) ? $guarded->get($call) : 'refused');
try {
    cell('wrong', client('MOA_GUARDED_PORT')->auth('wrong') ? 'taken' : 'refused');
} catch (RedisException $e) {
    cell('wrong', $e->getMessage());
}

$who = getenv('MOA_WHO');
$redis = client('MOA_RESTARTED_PORT');
$redis->get($who);
echo "ready restart\n";
$restart = 'the second instance never answered';
for ($failed = 0, $i = 0; $i < 400; $i++) {
    try {
        $reply = $redis->get($who);
        if ($reply !== false && str_contains($reply, 'second')) {
            $restart = (string) $failed;
            break;
        }
        $failed += $reply === false ? 1 : 0;
    } catch (RedisException $e) {
        $failed++;
        // where nothing listened as it tried to reconnect, it never tries again by itself
        try {
            $redis = client('MOA_RESTARTED_PORT');
        } catch (RedisException $e) {
            // not yet
        }
    }
    usleep(20_000);
}
cell('restart', $restart);
