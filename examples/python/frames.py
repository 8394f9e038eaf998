"""A client of moa frames (docs/protocol.md, section 5) in 60 lines, with nothing but Python's standard library.

    moa = Connection("127.0.0.1", 6390)
    print(moa.call("/service/helloworld", "hello", ["world"]))
"""
import json, socket, struct, time

HELLO, REQUEST, RESPONSE, PING, PONG, GOAWAY = 1, 2, 3, 6, 7, 8
UNAVAILABLE, DEADLINE_EXCEEDED = 14, 4

class Failure(Exception):
    """Its args are the code, the message, and the details or None."""

class Connection:
    def __init__(self, host, port, app="python", token=None, timeout=5.0):
        self.socket, self.stream, self.going_away = socket.create_connection((host, port), timeout), 0, False
        self.input = self.socket.makefile("rb")
        self._send(HELLO, 0, {32: 1, 33: 1, 7: app, 35: token})
        kind, _, header, _ = self._receive()
        if kind != HELLO:
            raise Failure(header.get(16), header.get(17), None)

    def call(self, service, method, args=(), timeout_ms=1000):
        if self.going_away:
            raise Failure(UNAVAILABLE, "the port is going away; call another instance", None)
        header = {1: service, 2: method, 4: timeout_ms}
        header, body = self._ask(REQUEST, header, json.dumps(args).encode(), RESPONSE, timeout_ms)
        value = json.loads(body) if body else None
        if header.get(16, 0) != 0:
            raise Failure(header[16], header.get(17), value)
        return value

    def ping(self, timeout_ms=1000):
        self._ask(PING, {}, b"", PONG, timeout_ms)

    def _ask(self, kind, header, body, answer, timeout_ms):
        self.stream, deadline = self.stream + 1, time.monotonic() + timeout_ms / 1000
        self._send(kind, self.stream, header, body)
        while (left := deadline - time.monotonic()) > 0:
            self.socket.settimeout(left + 1)  # the port itself answers when the time is over
            kind, stream, header, body = self._receive()
            if kind == answer and stream == self.stream:
                return header, body
            if kind == PING:
                self._send(PONG, stream)
            self.going_away |= kind == GOAWAY  # what is on its way is still answered
        raise Failure(DEADLINE_EXCEEDED, "no answer in time", None)

    def _send(self, kind, stream, header={}, body=b""):
        block = b""
        for key, value in header.items():
            if value is not None:
                form, value = (1, struct.pack(">q", value)) if isinstance(value, int) else (2, value.encode())
                block += struct.pack(">HBH", key, form, len(value)) + value
        self.socket.sendall(struct.pack(">BBBBqII", 0xCD, 1, kind, 0, stream, len(block), len(body)) + block + body)

    def _receive(self):
        _, _, kind, _, stream, size, rest = struct.unpack(">BBBBqII", self._read(20))
        block, header, at = self._read(size), {}, 0
        while at < size:
            key, form, length = struct.unpack_from(">HBH", block, at)
            value, at = block[at + 5 : at + 5 + length], at + 5 + length
            header[key] = int.from_bytes(value, "big", signed=True) if form == 1 else value.decode()
        return kind, stream, header, self._read(rest)

    def _read(self, count):
        try:
            data = self.input.read(count)
        except TimeoutError:
            raise Failure(DEADLINE_EXCEEDED, "no answer in time; open another connection", None) from None
        if len(data) < count:
            raise Failure(UNAVAILABLE, "the port has closed the connection", None)
        return data
