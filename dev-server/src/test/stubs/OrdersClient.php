<?php
// The client of /service/orders in PHP 8.1, for phpredis. Written by `./moa stub /service/orders --lang php` from the
// service's OpenAPI document, hash 93db74ac953cd0ff; write it again rather than change it.
//
//   $redis = new Redis();
//   $redis->connect('127.0.0.1', 6383);          // the parallel proxy, or an instance of the service
//   $client = new Moa\Orders\OrdersClient($redis);

declare(strict_types=1);

namespace Moa\Orders;

enum Currency: string
{
    case EUR = 'EUR';
    case CNY = 'CNY';
}

/** One of several, told apart by `kind`. */
final class Payment
{
    public static function of(array $json): Card|Cash
    {
        return match ($json['kind']) {
            'card' => Card::of($json),
            'cash' => Cash::of($json),
        };
    }
}

final class Card implements \JsonSerializable
{
    public function __construct(
        public readonly string $number,
    ) {
    }

    public static function of(array $json): self
    {
        return new self(
            number: $json['number'],
        );
    }

    public function jsonSerialize(): mixed
    {
        return (object) [
            'kind' => 'card',
            'number' => $this->number,
        ];
    }
}

final class Cash implements \JsonSerializable
{
    public function __construct(
        public readonly float $amount,
        public readonly Currency $currency,
    ) {
    }

    public static function of(array $json): self
    {
        return new self(
            amount: $json['amount'],
            currency: Currency::from($json['currency']),
        );
    }

    public function jsonSerialize(): mixed
    {
        return (object) [
            'kind' => 'cash',
            'amount' => $this->amount,
            'currency' => $this->currency,
        ];
    }
}

final class Item implements \JsonSerializable
{
    public function __construct(
        public readonly string $name,
        public readonly float $price,
    ) {
    }

    public static function of(array $json): self
    {
        return new self(
            name: $json['name'],
            price: $json['price'],
        );
    }

    public function jsonSerialize(): mixed
    {
        return (object) [
            'name' => $this->name,
            'price' => $this->price,
        ];
    }
}

final class Order implements \JsonSerializable
{
    public function __construct(
        public readonly int $id,
        public readonly string $at,
        /** @var list<Item> */
        public readonly array $items,
        /** @var array<string, Item> */
        public readonly array $extras,
        public readonly bool $in_stock,
        public readonly ?Currency $currency = null,
        public readonly ?string $from = null,
    ) {
    }

    public static function of(array $json): self
    {
        return new self(
            id: $json['id'],
            at: $json['at'],
            currency: isset($json['currency']) ? Currency::from($json['currency']) : null,
            items: array_map(fn ($each) => Item::of($each), $json['items']),
            extras: array_map(fn ($each) => Item::of($each), $json['extras']),
            in_stock: $json['in-stock'],
            from: $json['from'] ?? null,
        );
    }

    public function jsonSerialize(): mixed
    {
        return (object) [
            'id' => $this->id,
            'at' => $this->at,
            'currency' => $this->currency,
            'items' => $this->items,
            'extras' => (object) $this->extras,
            'in-stock' => $this->in_stock,
            'from' => $this->from,
        ];
    }
}

/** A call that failed: the code is gRPC's, 4 is a deadline that passed, 14 a service that cannot be reached. */
class MoaException extends \RuntimeException
{
    final public function __construct(string $message, int $code, public readonly string $error, public readonly array $details)
    {
        parent::__construct($message, $code);
    }
}

/** Declared by the service. */
final class OrderNotFound extends MoaException
{
    public function id(): int
    {
        return $this->details['id'];
    }
}

final class OrdersClient
{
    private const DECLARED = [
        'dev.moa.dev.stub.Orders$OrderNotFound' => OrderNotFound::class,
    ];

    /**
     * @param \Redis $redis connected; with the serializer that it has, or SERIALIZER_JSON
     * @param int $timeoutMs for methods that name none, in milliseconds
     */
    public function __construct(
        private readonly \Redis $redis,
        private readonly string $app = 'php',
        private readonly int $timeoutMs = 1000,
    ) {
    }

    /**
     * @param mixed $value
     * @return mixed
     * @throws MoaException
     */
    public function echo(mixed $value): mixed
    {
        $json = $this->moaCall('echo', [$value], $this->timeoutMs);
        return $json;
    }

    /**
     * Calling it twice does what calling it once does.
     *
     * @param int $id
     * @param ?Currency $currency
     * @return Order
     * @throws OrderNotFound
     * @throws MoaException
     */
    public function find(int $id, ?Currency $currency = null): Order
    {
        $json = $this->moaCall('find', [$id, $currency], 2000);
        return Order::of($json);
    }

    /**
     * @param list<int> $ids
     * @throws MoaException
     */
    public function forget(array $ids): void
    {
        $this->moaCall('forget', [$ids], $this->timeoutMs);
    }

    /**
     * @param int $id
     * @return ?string
     * @throws MoaException
     */
    public function note(int $id): ?string
    {
        $json = $this->moaCall('note', [$id], $this->timeoutMs);
        return $json;
    }

    /**
     * @param Card|Cash $payment
     * @param bool $twice
     * @return Card|Cash
     * @throws OrderNotFound
     * @throws MoaException
     */
    public function pay(Card|Cash $payment, bool $twice): Card|Cash
    {
        $json = $this->moaCall('pay', [$payment, $twice], $this->timeoutMs);
        return Payment::of($json);
    }

    /**
     * @param array<string, int> $ranges
     * @param ?string $text
     * @return list<Order>
     * @throws MoaException
     */
    public function search(array $ranges, ?string $text = null): array
    {
        $json = $this->moaCall('search', [(object) $ranges, $text], $this->timeoutMs);
        return array_map(fn ($each) => Order::of($each), $json);
    }

    private function moaCall(string $method, array $args, int $timeoutMs): mixed
    {
        $reply = $this->redis->get(json_encode([
            'service' => '/service/orders',
            'method' => $method,
            'args' => $args,
            'ctx' => ['app' => $this->app, 'timeoutMs' => $timeoutMs],
        ], JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));
        if ($reply === false) {
            throw new MoaException($this->redis->getLastError() ?? 'no reply', 14, 'UNAVAILABLE', []);
        }
        $answer = is_string($reply) ? json_decode($reply, true, 512, JSON_THROW_ON_ERROR) : (array) $reply;
        if ($answer['code'] === 0) {
            return $answer['result'] ?? null;
        }
        $details = $answer['details'] ?? [];
        $class = self::DECLARED[$details['type'] ?? ''] ?? MoaException::class;
        throw new $class($answer['message'] ?? '', $answer['code'], $answer['error'] ?? 'UNKNOWN', $details);
    }
}
