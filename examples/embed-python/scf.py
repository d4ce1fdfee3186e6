"""scf.h for Python: the same calls into a shared library and into a WebAssembly
module, which differ only in whose memory the pointers point to."""

import ctypes
from ctypes import c_char, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64

OK, MORE = 0, 1
DELIVERIES = ["not sent", "refused", "unknown", "executed"]
AFTER_CLOCK_CORRECTION = 2
LOG_TAIL = 2
RESULT, LOG = 0, 1  # what a sink is given


def structures(word):
    """The structs of scf.h where a pointer and a size_t are `word`."""

    class Text(ctypes.Structure):
        _fields_ = [("data", word), ("length", word)]

    class Request(ctypes.Structure):
        _fields_ = [
            (name, Text)
            for name in (
                "function_name", "region", "host", "event", "qualifier", "function_namespace",
                "routing_key", "path", "request_client", "trace_id",
            )
        ]
        _fields_ += [(name, word) for name in ("read", "read_context", "write", "write_context")]
        _fields_ += [
            (name, c_int32)
            for name in ("action", "invocation_type", "log_type", "language", "method")
        ]
        _fields_ += [("flags", c_uint32)]

    class Credential(ctypes.Structure):
        _fields_ = [("secret_id", Text), ("secret_key", Text), ("token", Text)]
        _fields_ += [("day_key", word), ("day_key_size", word)]

    class Outcome(ctypes.Structure):
        _fields_ = [
            ("result", Text), ("log", Text), ("needed", word), ("offset", c_uint64),
            ("server_time", c_uint64), ("duration_ns", c_int64), ("billed_ms", c_int64),
            ("memory_bytes", c_int64), ("function_status", c_int64), ("status", c_int32),
            ("delivery", c_int32), ("retry", c_int32), ("http_status", c_uint16),
            ("keep_alive", c_uint8), ("request_id", c_char * 49),
            ("function_request_id", c_char * 49), ("error_code", c_char * 65),
            ("message", c_char * 132),
        ]

    return Request, Credential, Outcome


class Library:
    """The shared library, by ctypes. Addresses are the process's own."""

    word = ctypes.c_size_t

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.kept, self.callbacks = [], []

    def call(self, name, *arguments):
        function = getattr(self.library, name)
        # Every size_t and address fits; only `now` is 64 bits everywhere.
        function.argtypes = [c_uint64 if name == "scf_call_start" and at == 4 else self.word
                             for at in range(len(arguments))]
        sized = name.endswith("_size") or name in ("scf_status_text", "scf_version")
        function.restype = self.word if sized else c_int32
        return function(*arguments)

    def reserve(self, size):
        block = ctypes.create_string_buffer(size + 8)
        self.kept.append(block)
        return (ctypes.addressof(block) + 7) & ~7

    def free(self):
        for block in self.kept:
            ctypes.memset(block, 0, len(block))
        self.kept.clear()
        self.callbacks.clear()

    def callback(self, answer, parameters, function):
        pointer = ctypes.CFUNCTYPE(answer, *parameters)(function)
        self.callbacks.append(pointer)
        return ctypes.cast(pointer, ctypes.c_void_p).value

    def write(self, address, data):
        ctypes.memmove(address, data, len(data))

    def read(self, address, size):
        return ctypes.string_at(address, size)


class Module:
    """The WebAssembly module, by wasmtime. Addresses are in its memory, where
    all from scf_memory() on is ours; the module itself never allocates."""

    word = c_uint32

    def __init__(self, path):
        import wasmtime

        self.store = wasmtime.Store()
        module = wasmtime.Module.from_file(self.store.engine, path)
        assert not module.imports, "the module needs nothing of its host"
        self.exports = wasmtime.Instance(self.store, module, []).exports(self.store)
        self.memory = self.exports["memory"]
        self.base = self.top = self.call("scf_memory")
        self.table, self.slots = self.exports["__indirect_function_table"], []

    def call(self, name, *arguments):
        return self.exports[name](self.store, *arguments)

    def reserve(self, size):
        address, self.top = self.top, (self.top + size + 7) & ~7
        missing = self.top - self.memory.data_len(self.store)
        if missing > 0:
            self.memory.grow(self.store, (missing + 0xFFFF) >> 16)
        self.write(address, bytes(size))
        return address

    def free(self):
        self.write(self.base, bytes(self.top - self.base))
        self.top = self.base
        for slot in self.slots:
            self.table.set(self.store, slot, None)

    def callback(self, answer, parameters, function):
        """A function pointer is an index into the module's table."""
        from wasmtime import Func, FuncType, ValType

        value = lambda c: ValType.i64() if ctypes.sizeof(c) == 8 else ValType.i32()
        unsigned = lambda *values: function(*(
            given & 0xFFFFFFFF if ctypes.sizeof(c) == 4 else given
            for c, given in zip(parameters, values)
        ))
        host = Func(self.store, FuncType([value(c) for c in parameters], [value(answer)]), unsigned)
        for slot in self.slots:
            if self.table.get(self.store, slot) is None:
                self.table.set(self.store, slot, host)
                return slot
        self.slots.append(self.table.grow(self.store, 1, host))
        return self.slots[-1]

    def write(self, address, data):
        self.memory.write(self.store, data, address)

    def read(self, address, size):
        return bytes(self.memory.read(self.store, address, address + size))


class Scf:
    """Calls through either of the two."""

    def __init__(self, face):
        self.face = face
        self.Request, self.Credential, self.Outcome = structures(face.word)

    def _text(self, text):
        if text is None:
            return (0, 0)
        data = text.encode()
        address = self.face.reserve(len(data) + 1)
        self.face.write(address, data)
        return (address, len(data))

    def _place(self, structure):
        address = self.face.reserve(ctypes.sizeof(structure))
        self.face.write(address, bytes(structure))
        return address

    def _word(self, address):
        size = ctypes.sizeof(self.face.word)
        return int.from_bytes(self.face.read(address, size), "little")

    def _source(self, read):
        """A function of ours as an scf_read; what it raises is for `invoke`."""

        def give(_, offset, out, room):
            try:
                piece = read(offset, room)
                self.face.write(out, piece)
                return len(piece)
            except Exception as error:
                self.raised = error
                return -1  # SCF_SOURCE_FAILED

        word = self.face.word
        return self.face.callback(ctypes.c_ssize_t if word is ctypes.c_size_t else c_int32,
                                  [word, c_uint64, word, word], give)

    def _sink(self, write):
        """Likewise as an scf_write."""

        def take(_, field, data, length):
            try:
                write(field, self.face.read(data, length))
                return 0
            except Exception as error:
                self.raised = error
                return 1

        word = self.face.word
        return self.face.callback(c_int32, [word, c_int32, word, word], take)

    def status_text(self, status):
        address = self.face.call("scf_status_text", status)
        text = b""
        while not text.endswith(b"\0"):
            text += self.face.read(address + len(text), 1)
        return text[:-1].decode()

    def invoke(self, connect, now, function, event, *, region, host, secret_id, secret_key,
               token=None, log_type=LOG_TAIL, sink=None, buffer_size=64 << 10):
        """Runs a function; `connect` gives a socket. Answers a dictionary.

        The event is JSON text, or a function that gives its bytes from an
        offset on, as many as are asked for at most, none at the end; it is read
        twice. A sink is a function that takes RESULT or LOG and the next bytes
        of it, in place of the answer."""
        face = self.face
        self.raised = None
        try:
            request = self.Request(log_type=log_type)
            request.function_name = self._text(function)
            if callable(event):
                request.read = self._source(event)
            else:
                request.event = self._text(event)
            if sink:
                request.write = self._sink(sink)
            request.region, request.host = self._text(region), self._text(host)
            credential = self.Credential()
            credential.secret_id = self._text(secret_id)
            credential.secret_key = self._text(secret_key)
            credential.token = self._text(token)
            size = face.call("scf_call_size")
            call, buffer = face.reserve(size), face.reserve(buffer_size)
            request, credential = self._place(request), self._place(credential)
            status = face.call("scf_call_start", call, size, request, credential, now, buffer,
                               buffer_size)
            if status == OK:
                self._exchange(call, connect)
            outcome = face.reserve(ctypes.sizeof(self.Outcome))
            face.call("scf_call_finish", call, outcome)
            data = face.read(outcome, ctypes.sizeof(self.Outcome))
            if self.raised:
                raise self.raised
            return self._answer(self.Outcome.from_buffer_copy(data))
        finally:
            # The copy of the secret was for this call alone.
            face.free()

    def _exchange(self, call, connect):
        face, size = self.face, ctypes.sizeof(self.face.word)
        place = face.reserve(2 * size)
        try:
            with connect() as socket:
                try:
                    while face.call("scf_call_transmit", call, place, place + size) == MORE:
                        piece = face.read(self._word(place), self._word(place + size))
                        socket.sendall(piece)
                except OSError:
                    # The server may have said why all the same.
                    face.call("scf_call_send_failed", call)
                status = MORE
                while status == MORE:
                    status = face.call("scf_call_window", call, place, place + size)
                    if status != OK:
                        break
                    received = socket.recv(self._word(place + size))
                    face.write(self._word(place), received)
                    status = face.call("scf_call_received", call, len(received))
        except OSError:
            face.call("scf_call_receive_failed", call)

    def _answer(self, outcome):
        text = lambda text: self.face.read(text.data, text.length).decode() if text.data else None
        return {
            "status": outcome.status,
            "status_text": self.status_text(outcome.status),
            "delivery": DELIVERIES[outcome.delivery],
            "retry": outcome.retry,
            "result": text(outcome.result),
            "log": text(outcome.log),
            "needed": outcome.needed,
            "server_time": outcome.server_time,
            "duration_ms": outcome.duration_ns / 1e6 if outcome.duration_ns >= 0 else None,
            "request_id": outcome.request_id.decode(),
            "error_code": outcome.error_code.decode(),
            "message": outcome.message.decode(),
        }
