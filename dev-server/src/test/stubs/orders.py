"""Calls the committed stub: orders.py PORT"""
import json
import sys

import redis

from OrdersClient import Cash, Currency, MoaError, OrderNotFound, OrdersClient

client = OrdersClient(redis.Redis(port=int(sys.argv[1])))

order = client.find(7, Currency.CNY)
print("find", order.id, order.currency.value, order.items[0].name, order.extras["gift"].price,
      json.dumps(order.in_stock), json.dumps(order.from_))
print("search", *(f"{o.id}:{o.from_}" for o in client.search({"a": 1, "b": 2}, "x")))
print("none", len(client.search({})))
paid = client.pay(Cash(1.5, Currency.EUR), True)
print("pay", type(paid).__name__, paid.amount, paid.currency.value)
print("note", json.dumps([client.note(0), client.note(5)], separators=(",", ":")))
client.forget([1, 2])
print("echo", json.dumps(client.echo({"deep": order.items}), separators=(",", ":")))
try:
    client.find(-1)
except OrderNotFound as e:
    print("declared", e.id, e.code, e.message)
try:
    client.forget(["x"])
except MoaError as e:
    print("failed", e.error)
