"""What FramesIT runs: frames_check.py PORT, with frames.py on PYTHONPATH."""
import sys

from frames import Connection, Failure

port = int(sys.argv[1])


def failure(work):
    try:
        return work()
    except Failure as e:
        return e.args


moa = Connection("127.0.0.1", port, token="s3cret")
print("call", moa.call("/service/greeter", "hello", ["wörld"]))
print("named", moa.call("/service/greeter", "hello", {"name": "you"}))
print("void", moa.call("/service/greeter", "nothing"))
print("declared", failure(lambda: moa.call("/service/greeter", "refuse", [7])))
print("code", failure(lambda: moa.call("/service/greeter", "nosuch"))[0])
print("late", failure(lambda: moa.call("/service/greeter", "held", [], timeout_ms=100))[0])
moa.ping()
print("pong")
print("token", failure(lambda: Connection("127.0.0.1", port, token="wrong"))[0])
print("big", len(moa.call("/service/greeter", "hello", ["x" * 300_000])))

print("waiting", flush=True)
print("crossing", moa.call("/service/greeter", "waits", [], timeout_ms=20_000))
while not moa.going_away:
    moa.ping()
print("leaving", moa.going_away, failure(lambda: moa.call("/service/greeter", "hello", ["again"]))[0])
moa.socket.close()
moa.input.close()
