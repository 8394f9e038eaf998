"""http.client of Python with one connection to each instance, until its input ends; arguments: ports."""

import http.client
import json
import os
import sys
import threading
import time

call = json.loads(os.environ["MOA_CALL"])
path, body = call["service"] + "/" + call["method"], json.dumps(call["args"])
ports = [int(port) for port in sys.argv[1:]]
connections = {port: http.client.HTTPConnection("127.0.0.1", port, timeout=5) for port in ports}
ended = threading.Event()


def ask(port):
    connection = connections[port]
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        return connection.getresponse().read().decode()
    except Exception:
        connection.close()
        raise


def ask_in_turn(turn):
    # the next address only where the connection was refused, so nothing is ever sent twice
    for port in ports[turn % len(ports):] + ports[:turn % len(ports)]:
        try:
            return ask(port)
        except ConnectionRefusedError as e:
            refused = e
    raise refused


def run():
    good, printed, turn = 0, time.monotonic(), 0
    while not ended.is_set():
        try:
            reply = ask_in_turn(turn)
            if "hello world" in reply:
                good += 1
            else:
                print("failed", reply, flush=True)
        except Exception as e:
            print("failed", repr(e), flush=True)
        turn += 1
        if time.monotonic() - printed > 0.02:
            print(good, flush=True)
            good, printed = 0, time.monotonic()
        time.sleep(0.002)
    print(good, flush=True)


caller = threading.Thread(target=run)
caller.start()
sys.stdin.read()
ended.set()
caller.join()
