"""The client of /service/orders in Python 3.9, for redis-py. Written by `./moa stub /service/orders --lang python` from the
service's OpenAPI document, hash 93db74ac953cd0ff; write it again rather than change it.

    client = OrdersClient(redis.Redis(port=6383))    # the parallel proxy, or an instance of the service
"""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import Any, Optional, Union


class Currency(str, enum.Enum):
    EUR = "EUR"
    CNY = "CNY"


@dataclass(frozen=True)
class Card:
    number: str

    @classmethod
    def of(cls, data: dict[str, Any]) -> Card:
        return cls(
            number=data["number"],
        )

    def json(self) -> dict[str, Any]:
        return {
            "kind": "card",
            "number": self.number,
        }


@dataclass(frozen=True)
class Cash:
    amount: float
    currency: Currency

    @classmethod
    def of(cls, data: dict[str, Any]) -> Cash:
        return cls(
            amount=data["amount"],
            currency=Currency(data["currency"]),
        )

    def json(self) -> dict[str, Any]:
        return {
            "kind": "cash",
            "amount": self.amount,
            "currency": self.currency,
        }


@dataclass(frozen=True)
class Item:
    name: str
    price: float

    @classmethod
    def of(cls, data: dict[str, Any]) -> Item:
        return cls(
            name=data["name"],
            price=data["price"],
        )

    def json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "price": self.price,
        }


@dataclass(frozen=True)
class Order:
    id: int
    at: str
    items: list[Item]
    extras: dict[str, Item]
    in_stock: bool
    currency: Optional[Currency] = None
    from_: Optional[str] = None

    @classmethod
    def of(cls, data: dict[str, Any]) -> Order:
        return cls(
            id=data["id"],
            at=data["at"],
            currency=None if data.get("currency") is None else Currency(data.get("currency")),
            items=[Item.of(v) for v in data["items"]],
            extras={k: Item.of(v) for k, v in data["extras"].items()},
            in_stock=data["in-stock"],
            from_=data.get("from"),
        )

    def json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at,
            "currency": self.currency,
            "items": self.items,
            "extras": self.extras,
            "in-stock": self.in_stock,
            "from": self.from_,
        }


Payment = Union[Card, Cash]


def _Payment(data: dict[str, Any]) -> Payment:
    """One of several, told apart by `kind`."""
    kinds = {"card": Card, "cash": Cash}
    return kinds[data["kind"]].of(data)


class MoaError(Exception):
    """A call that failed: the code is gRPC's, 4 is a deadline that passed, 14 a service that cannot be reached."""

    def __init__(self, code: int, error: str, message: str, details: dict[str, Any]):
        super().__init__(f"{error}: {message}")
        self.code, self.error, self.message, self.details = code, error, message, details


class OrderNotFound(MoaError):
    """Declared by the service."""

    @property
    def id(self) -> int:
        return self.details["id"]


_DECLARED = {
    "dev.moa.dev.stub.Orders$OrderNotFound": OrderNotFound,
}


class OrdersClient:
    """`redis` is connected; `timeout_ms` is for methods that name none."""

    def __init__(self, redis: Any, app: str = "python", timeout_ms: int = 1000):
        self._redis, self._app, self._timeout_ms = redis, app, timeout_ms

    def echo(self, value: Any) -> Any:
        """echo(value: Object): Object"""
        data = self._call("echo", [value], self._timeout_ms)
        return data

    def find(self, id: int, currency: Optional[Currency] = None) -> Order:
        """find(id: long, currency: Currency?): Order

        Calling it twice does what calling it once does.

        Raises OrderNotFound."""
        data = self._call("find", [id, currency], 2000)
        return Order.of(data)

    def forget(self, ids: list[int]) -> None:
        """forget(ids: List<Long>): void"""
        self._call("forget", [ids], self._timeout_ms)

    def note(self, id: int) -> Optional[str]:
        """note(id: long): String?"""
        data = self._call("note", [id], self._timeout_ms)
        return data

    def pay(self, payment: Payment, twice: bool) -> Payment:
        """pay(payment: Payment, twice: boolean): Payment

        Raises OrderNotFound."""
        data = self._call("pay", [payment, twice], self._timeout_ms)
        return _Payment(data)

    def search(self, ranges: dict[str, int], text: Optional[str] = None) -> list[Order]:
        """search(ranges: Map<String, Integer>, text: String?): List<Order>"""
        data = self._call("search", [ranges, text], self._timeout_ms)
        return [Order.of(v) for v in data]

    def _call(self, method: str, args: list[Any], timeout_ms: int) -> Any:
        request = {
            "service": "/service/orders",
            "method": method,
            "args": args,
            "ctx": {"app": self._app, "timeoutMs": timeout_ms},
        }
        answer = json.loads(self._redis.get(json.dumps(request, ensure_ascii=False, default=lambda value: value.json())))
        if answer["code"] == 0:
            return answer.get("result")
        details = answer.get("details", {})
        failure = _DECLARED.get(details.get("type"), MoaError)
        raise failure(answer["code"], answer["error"], answer["message"], details)
