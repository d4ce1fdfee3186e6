"""Runs a Python handler over the custom runtime API. It is passed to `python -c`."""

import decimal
import http.client
import importlib
import json
import logging
import os
import sys
import traceback

EMULATOR_STATUS = "x-emulator-status"
CONFIGURED = json.loads(sys.argv[1])
ROOT = os.environ["USER_CODE_ROOT"]


def trace_of_user_code():
    kind, error, trace = sys.exc_info()
    # The first frames are this runtime's and the import's.
    while trace and trace.tb_frame.f_code.co_filename in ("<string>", importlib.__file__):
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
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        return None, 430, trace_of_user_code() + hint_of(error.name)
    except Exception:
        return None, 430, trace_of_user_code()
    handler = getattr(module, function_name, None)
    if not callable(handler):
        return None, 437, "%s.py has no function %s" % (path, function_name)
    return handler, 200, ""


def context_of(headers):
    environ = os.environ
    return {
        "memory_limit_in_mb": int(headers["memory_limit_in_mb"]),
        "time_limit_in_ms": int(headers["time_limit_in_ms"]),
        "request_id": headers["request_id"],
        "environment": CONFIGURED["environment"],
        "environ": CONFIGURED["environ"],
        "function_version": environ["SCF_FUNCTIONVERSION"],
        "function_name": environ["SCF_FUNCTIONNAME"],
        "namespace": environ["SCF_NAMESPACE"],
        "tencentcloud_region": environ["TENCENTCLOUD_REGION"],
        "tencentcloud_appid": environ["TENCENTCLOUD_APPID"],
        "tencentcloud_uin": environ["TENCENTCLOUD_UIN"],
    }


def decimal_as_text(value):
    """Gives a Decimal a JSON form, as the cloud does."""
    if isinstance(value, decimal.Decimal):
        return str(value)
    raise TypeError("the handler returned a %s, which has no JSON form" % type(value).__name__)


def run(handler, event, context):
    """Returns the status and the text to answer."""
    try:
        result = handler(json.loads(event), context)
    except Exception:
        return 430, trace_of_user_code().encode("utf-8", "replace")
    try:
        text = json.dumps(result, ensure_ascii=False, default=decimal_as_text)
        return 200, text.encode("utf-8")
    except (TypeError, ValueError) as error:
        return 430, ("%s: %s\n" % (type(error).__name__, error)).encode("utf-8", "replace")


def main():
    sys.argv = [""]
    logs = logging.StreamHandler(sys.stdout)
    logs.setFormatter(logging.Formatter("[%(levelname)s] %(name)s: %(message)s"))
    logging.getLogger().addHandler(logs)
    logging.getLogger().setLevel(logging.DEBUG)
    handler, load_status, load_error = load()
    api = http.client.HTTPConnection(
        os.environ["SCF_RUNTIME_API"], int(os.environ["SCF_RUNTIME_API_PORT"])
    )

    def call(method, path, body=None, headers={}):
        api.request(method, path, body, headers)
        response = api.getresponse()
        return response, response.read()

    call("POST", "/runtime/init/ready", b"")
    while True:
        next_event, event = call("GET", "/runtime/invocation/next")
        if handler is None:
            status, text = load_status, load_error.encode("utf-8", "replace")
        else:
            status, text = run(handler, event, context_of(next_event.headers))
        # The log is complete before the answer is out.
        sys.stdout.flush()
        sys.stderr.flush()
        if status == 200:
            call("POST", "/runtime/invocation/response", text)
        else:
            call("POST", "/runtime/invocation/error", text, {EMULATOR_STATUS: str(status)})


try:
    main()
except (ConnectionError, http.client.HTTPException):
    # The emulator is gone.
    os._exit(1)
