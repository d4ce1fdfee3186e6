"""Runs main_handler(event, context) of index.py over the custom runtime API."""

import decimal
import http.client
import importlib
import json
import os
import sys
import traceback

EMULATOR_STATUS = "x-emulator-status"


def trace_of_user_code():
    kind, error, trace = sys.exc_info()
    # The first frame is this runtime's.
    return "".join(traceback.format_exception(kind, error, trace.tb_next or trace))


def load():
    """Returns the handler, or None with the status and text of the failure."""
    file_name, _, function_name = os.environ["_HANDLER"].rpartition(".")
    sys.path.insert(0, os.environ["USER_CODE_ROOT"])
    try:
        module = importlib.import_module(file_name.replace("/", "."))
    except ModuleNotFoundError as error:
        if error.name == file_name:
            return None, 437, "there is no %s.py" % file_name
        return None, 430, trace_of_user_code()
    except Exception:
        return None, 430, trace_of_user_code()
    handler = getattr(module, function_name, None)
    if not callable(handler):
        return None, 437, "%s.py has no function %s" % (file_name, function_name)
    return handler, 200, ""


def context_of(headers):
    environ = os.environ
    return {
        "memory_limit_in_mb": int(headers["memory_limit_in_mb"]),
        "time_limit_in_ms": int(headers["time_limit_in_ms"]),
        "request_id": headers["request_id"],
        "environment": json.dumps(dict(environ)),
        "environ": ";".join("%s=%s" % pair for pair in environ.items()),
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
        text = json.dumps(result, ensure_ascii=False, default=decimal_as_text)
        return 200, text.encode("utf-8")
    except Exception:
        return 430, trace_of_user_code().encode("utf-8", "replace")


def main():
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
