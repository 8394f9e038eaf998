# redis-py finds the service by Sentinel and calls it until its input ends; argument: a router's moa port
import os
import select
import sys
import time

from redis.sentinel import Sentinel

users = Sentinel([("127.0.0.1", int(sys.argv[1]))]).master_for("/service/helloworld")
call = os.environ["MOA_CALL"]
good = 0
printed = time.monotonic()
while not select.select([sys.stdin], [], [], 0.002)[0]:
    try:
        reply = users.get(call)
        if b"hello world" in reply:
            good += 1
        else:
            print("failed", reply, flush=True)
    except Exception as e:
        print("failed", repr(e), flush=True)
    if time.monotonic() - printed > 0.02:
        print(good, flush=True)
        good = 0
        printed = time.monotonic()
print(good, flush=True)
