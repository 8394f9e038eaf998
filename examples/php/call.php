<?php
// A call, a batch and a task from PHP, with nothing but phpredis (Debian's php-redis).
//
// usage: php call.php [INSTANCE [PROXY [BROKER]]]   each host:port of a moa port;
//        default 127.0.0.1:6390, :6383, :6384
// MOA_TOKEN: the token to show, where the platform asks for one

function connect(string $address): Redis
{
    [$host, $port] = explode(':', $address);
    $redis = new Redis();
    $redis->connect($host, (int) $port, 2.0, null, 0, 5.0);
    if (getenv('MOA_TOKEN')) {
        $redis->auth(getenv('MOA_TOKEN'));
    }
    // replies become PHP arrays by themselves; requests are JSON already, as they are keys
    $redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_JSON);
    return $redis;
}

$instance = connect($argv[1] ?? '127.0.0.1:6390');
$proxy = connect($argv[2] ?? '127.0.0.1:6383');
$broker = connect($argv[3] ?? '127.0.0.1:6384');

$request = ['service' => '/service/helloworld', 'method' => 'hello', 'args' => ['php']];
echo 'call:  ', $instance->get(json_encode($request))['result'], "\n";

$batch = array_map(
    fn (int $id) => json_encode(['id' => "$id", 'service' => '/service/user', 'method' => 'get', 'args' => [$id]]),
    [1, 2, 5000]
);
foreach ($proxy->mget($batch) as $reply) {
    echo 'batch: ', $reply['id'], ' ', $reply['code'] === 0 ? $reply['result']['name'] : 'failed: ' . $reply['message'], "\n";
}

$task = ['service' => '/service/user', 'method' => 'notify', 'args' => [1, 'from php'], 'task' => ['key' => 'user-1']];
echo 'task:  ', $broker->get(json_encode($task))['result']['taskId'], "\n";
