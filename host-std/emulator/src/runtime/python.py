"""Runs a Python handler over the custom runtime API. It is passed to `python -c`.

Whatever a function may do without is imported when it is needed: most of the standard modules take
longer than the interpreter itself needs to start.
"""

# The module socket brings others, which take longer than all the rest.
import _socket
import json
import os
import sys

if sys.version_info < (3, 6):
    sys.exit("emulator: %s is older than Python 3.6, the oldest that runs here" % sys.executable)

EMULATOR_STATUS = "x-emulator-status"
CONFIGURED = json.loads(sys.argv[1])
# As it is before a function changes it.
ENVIRON = dict(os.environ)
ROOT = os.environ["USER_CODE_ROOT"]


class Gone(Exception):
    """The emulator is gone."""


class Api:
    """The runtime API, over one connection that is kept."""

    def __init__(self):
        host, port = os.environ["SCF_RUNTIME_API"], os.environ["SCF_RUNTIME_API_PORT"]
        self.host = "%s:%s" % (host, port)
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        self.socket.connect((host, int(port)))
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.received = b""

    def request(self, method, path, body=b"", fields=""):
        """Returns a request as bytes."""
        head = "%s %s HTTP/1.1\r\nhost: %s\r\ncontent-length: %d\r\n%s\r\n" % (
            method,
            path,
            self.host,
            len(body),
            fields,
        )
        return head.encode() + body

    def send(self, *requests):
        """Sends requests; the responses come in the same order."""
        self.socket.sendall(b"".join(requests))

    def receive_more(self):
        more = self.socket.recv(65536)
        if not more:
            raise Gone()
        self.received += more

    def receive(self):
        """Returns the headers and the body of the next response."""
        while b"\r\n\r\n" not in self.received:
            self.receive_more()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
        fields = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in fields}
        length = int(headers.get("content-length", 0))
        while len(self.received) < length:
            self.receive_more()
        body, self.received = self.received[:length], self.received[length:]
        return headers, body


def log_to_output(logging):
    logs = logging.StreamHandler(sys.stdout)
    logs.setFormatter(logging.Formatter("[%(levelname)s] %(name)s: %(message)s"))
    logging.getLogger().addHandler(logs)
    logging.getLogger().setLevel(logging.DEBUG)


class LoggingImport:
    """Sets the root logger up as soon as something imports it."""

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        specs = (finder.find_spec(name, None) for finder in sys.meta_path)
        spec = next(spec for spec in specs if spec)
        execute = spec.loader.exec_module

        def execute_and_set_up(module):
            execute(module)
            log_to_output(module)

        spec.loader.exec_module = execute_and_set_up
        return spec


def trace_of_user_code():
    import traceback

    kind, error, trace = sys.exc_info()
    # The first frames are this runtime's and the import's.
    while trace and trace.tb_frame.f_code.co_filename == "<string>":
        trace = trace.tb_next
    while trace and trace.tb_frame.f_code.co_filename.startswith("<frozen importlib"):
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace))


def hint_of(module):
    """A module that requirements.txt may bring needs one command."""
    if not os.path.exists(os.path.join(ROOT, "requirements.txt")):
        return ""
    return "%s is not installed, and there is a requirements.txt; run: %s -m pip install -r %s -t %s\n" % (
        module,
        sys.executable,
        os.path.join(CONFIGURED["folder"], "requirements.txt"),
        CONFIGURED["folder"],
    )


def load():
    """Returns the handler, or None with the status and text of the failure."""
    path, _, function_name = os.environ["_HANDLER"].rpartition(".")
    folder, _, module_name = path.rpartition("/")
    if not os.path.exists(os.path.join(ROOT, path + ".py")):
        return None, 437, "there is no %s.py" % path
    for place in (ROOT, os.path.join(ROOT, folder)):
        if place not in sys.path:
            sys.path.insert(0, place)
    try:
        __import__(module_name)
        module = sys.modules[module_name]
    except ModuleNotFoundError as error:
        return None, 430, trace_of_user_code() + hint_of(error.name)
    except Exception:
        return None, 430, trace_of_user_code()
    handler = getattr(module, function_name, None)
    if not callable(handler):
        return None, 437, "%s.py has no function %s" % (path, function_name)
    return handler, 200, ""


def context_of(headers):
    return {
        "memory_limit_in_mb": int(headers["memory_limit_in_mb"]),
        "time_limit_in_ms": int(headers["time_limit_in_ms"]),
        "request_id": headers["request_id"],
        "environment": CONFIGURED["environment"],
        "environ": CONFIGURED["environ"],
        "function_version": ENVIRON["SCF_FUNCTIONVERSION"],
        "function_name": ENVIRON["SCF_FUNCTIONNAME"],
        "namespace": ENVIRON["SCF_NAMESPACE"],
        "tencentcloud_region": ENVIRON["TENCENTCLOUD_REGION"],
        "tencentcloud_appid": ENVIRON["TENCENTCLOUD_APPID"],
        "tencentcloud_uin": ENVIRON["TENCENTCLOUD_UIN"],
    }


def decimal_as_text(value):
    """Gives a Decimal a JSON form, as the cloud does."""
    decimal = sys.modules.get("decimal")
    if decimal and isinstance(value, decimal.Decimal):
        return str(value)
    names = ENVIRON["_HANDLER"], type(value).__name__
    raise TypeError("%s returned a %s, which has no JSON form" % names)


def run(handler, event, context):
    """Returns the status and the text to answer."""
    try:
        result = handler(json.loads(event), context)
    except Exception:
        return 430, trace_of_user_code().encode("utf-8", "replace")
    try:
        text = json.dumps(result, ensure_ascii=False, default=decimal_as_text)
        return 200, text.encode("utf-8")
    except Exception as error:
        return 430, ("%s: %s\n" % (type(error).__name__, error)).encode("utf-8", "replace")


def flush(stream):
    """Flushes what a function may have closed or replaced."""
    try:
        stream.flush()
    except Exception:
        pass


def main():
    sys.argv = [""]
    if "logging" in sys.modules:
        log_to_output(sys.modules["logging"])
    else:
        sys.meta_path.insert(0, LoggingImport())
    api = Api()
    handler, load_status, load_error = load()
    answer = api.request("POST", "/runtime/init/ready")
    ask = api.request("GET", "/runtime/invocation/next")
    while True:
        api.send(answer, ask)
        api.receive()
        headers, event = api.receive()
        if handler is None:
            status, text = load_status, load_error.encode("utf-8", "replace")
        else:
            status, text = run(handler, event, context_of(headers))
        # The log is complete before the answer is out.
        flush(sys.stdout)
        flush(sys.stderr)
        if status == 200:
            answer = api.request("POST", "/runtime/invocation/response", text)
        else:
            fields = "%s: %d\r\n" % (EMULATOR_STATUS, status)
            answer = api.request("POST", "/runtime/invocation/error", text, fields)


try:
    main()
except (ConnectionError, Gone):
    os._exit(1)
