#!/usr/bin/env python3
"""A call, a batch and a task from Python, with nothing but a stock Redis client (pip install redis, or
Debian's python3-redis).

usage: call.py [INSTANCE [PROXY [BROKER]]]     each host:port of a moa port; default 127.0.0.1:6390, :6383, :6384
MOA_TOKEN: the token to show, where the platform asks for one
"""
import json
import os
import sys

import redis


def connect(address):
    host, port = address.split(":")
    return redis.Redis(host, int(port), password=os.environ.get("MOA_TOKEN"), socket_timeout=5)


def main():
    addresses = sys.argv[1:] + ["127.0.0.1:6390", "127.0.0.1:6383", "127.0.0.1:6384"][len(sys.argv) - 1:]
    instance, proxy, broker = map(connect, addresses)

    request = {"service": "/service/helloworld", "method": "hello", "args": ["python"]}
    print("call: ", json.loads(instance.get(json.dumps(request)))["result"])

    batch = [{"id": str(i), "service": "/service/user", "method": "get", "args": [i]} for i in (1, 2, 5000)]
    for reply in map(json.loads, proxy.mget([json.dumps(r) for r in batch])):
        print("batch:", reply["id"], reply["result"]["name"] if reply["code"] == 0 else "failed: " + reply["message"])

    task = {"service": "/service/user", "method": "notify", "args": [1, "from python"], "task": {"key": "user-1"}}
    print("task: ", json.loads(broker.get(json.dumps(task)))["result"]["taskId"])


main()
