<?php
// Calls the committed stub: php orders.php PORT
require __DIR__ . '/OrdersClient.php';

use Moa\Orders as m;

$redis = new Redis();
$redis->connect('127.0.0.1', (int) $argv[1]);
if (($argv[2] ?? '') === 'json') {
    $redis->setOption(Redis::OPT_SERIALIZER, Redis::SERIALIZER_JSON);
}
$client = new m\OrdersClient($redis);

$order = $client->find(7, m\Currency::CNY);
echo "find $order->id {$order->currency->value} {$order->items[0]->name} {$order->extras['gift']->price} ",
    json_encode($order->in_stock), ' ', json_encode($order->from), "\n";
echo 'search ', implode(' ', array_map(fn (m\Order $o) => "$o->id:$o->from", $client->search(['a' => 1, 'b' => 2], 'x'))), "\n";
echo 'none ', count($client->search([])), "\n";
$paid = $client->pay(new m\Cash(1.5, m\Currency::EUR), true);
echo 'pay ', $paid::class, " $paid->amount {$paid->currency->value}\n";
echo 'note ', json_encode([$client->note(0), $client->note(5)]), "\n";
$client->forget([1, 2]);
echo 'echo ', json_encode($client->echo(['deep' => $order->items])), "\n";
try {
    $client->find(-1);
} catch (m\OrderNotFound $e) {
    echo "declared {$e->id()} {$e->getCode()} {$e->getMessage()}\n";
}
try {
    (new m\OrdersClient($redis, timeoutMs: 1000))->forget(['x']);
} catch (m\MoaException $e) {
    echo "failed $e->error\n";
}
