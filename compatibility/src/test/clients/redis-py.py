"""redis-py as it is."""

import os
import time

import redis

CALL, WHO = os.environ["MOA_CALL"], os.environ["MOA_WHO"]


def client(port, **options):
    return redis.Redis(port=int(os.environ[port]), decode_responses=True, **options)


def cell(name, *values):
    print(name, "|".join(values), sep="\t", flush=True)


r = client("MOA_PORT")
cell("get", r.get(CALL))
with r.pipeline(transaction=False) as p:
    cell("pipeline", *p.get(CALL).get(CALL).get(CALL).execute())
# the default: MULTI and EXEC around it
with r.pipeline() as p:
    cell("multi", *p.get(CALL).get(CALL).execute())
cell("mget", *r.mget(CALL, CALL))
cell("auth", client("MOA_GUARDED_PORT", password=os.environ["MOA_TOKEN"], db=2).get(CALL))
try:
    client("MOA_GUARDED_PORT", password="wrong").get(CALL)
    cell("wrong", "taken")
except redis.RedisError as e:
    cell("wrong", str(e))

def until_second(name, port):
    """Calls until the second instance answers; returns how many calls failed on the way."""
    r = client(port)
    r.get(WHO)
    print("ready", name, flush=True)
    failed = 0
    for _ in range(400):
        try:
            if "second" in r.get(WHO):
                return failed
        except redis.RedisError:
            failed += 1
        time.sleep(0.02)
    return "the second instance never answered"


cell("restart", str(until_second("restart", "MOA_RESTARTED_PORT")))
if redis.VERSION[0] >= 8:
    cell("resp2", client("MOA_PORT", protocol=2).get(CALL))
    cell("resp3", client("MOA_PORT", protocol=3).get(CALL))
    cell("moving", str(until_second("moving", "MOA_MOVING_PORT")))
