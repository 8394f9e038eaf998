#!/usr/bin/env python3
"""A service published from Python: a plain HTTP server that registers itself and renews its lease.

usage: service.py [PORT [REGISTRY]]     default 9500, http://127.0.0.1:8081
then:  curl http://127.0.0.1:8080/http/service/python-hello/greet?name=ada
MOA_TOKEN: the token to show, where the platform asks for one
"""
import json
import os
import signal
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 9500
REGISTRY = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:8081"
TTL = 10


class Hello(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
        body = json.dumps({"greeting": "hello " + query.get("name", ["world"])[0], "from": "python"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def registry(method, path, body=None):
    headers = {"Content-Type": "application/json"}
    if "MOA_TOKEN" in os.environ:
        headers["Authorization"] = "Bearer " + os.environ["MOA_TOKEN"]
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(REGISTRY + path, data, headers, method=method), timeout=2) as reply:
        return json.load(reply) if reply.status != 204 else None


def stay_registered(stopping):
    """Registers, renews every third of the lease, and registers again whenever the registry does not know us."""
    me = None
    while not stopping.is_set():
        try:
            if me is None:
                me = registry("POST", "/v1/instances", {
                    "service": "/service/python-hello", "host": "127.0.0.1", "port": PORT,
                    "protocols": ["http"], "ttlSeconds": TTL})
                print("registered", me["id"], flush=True)
            elif registry("PUT", "/v1/leases",
                          {"leases": [{"id": me["id"], "incarnation": me["incarnation"]}]})["unknown"]:
                me = None
                continue
        except urllib.error.HTTPError as problem:
            print("registry says", problem.code, problem.read().decode()[:500], file=sys.stderr, flush=True)
            me = None
        except OSError as problem:
            print("registry not reached, trying again:", problem, file=sys.stderr, flush=True)
        stopping.wait(TTL / 3)
    if me is not None:
        try:
            registry("DELETE", "/v1/instances/%s?incarnation=%d" % (me["id"], me["incarnation"]))
        except OSError as problem:
            print("could not leave, the lease will end:", problem, file=sys.stderr, flush=True)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Hello)
    stopping = threading.Event()
    lease = threading.Thread(target=stay_registered, args=(stopping,))
    lease.start()

    def stop(*_):
        stopping.set()
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    server.serve_forever()
    lease.join()


main()
