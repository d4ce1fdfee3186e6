"""The official SDK as a client of the emulator.

    sdk_client.py HOST:PORT SECRET_ID SECRET_KEY

Each function named `test_…` is one test; what fails is printed with its
traceback. The last line counts.
"""

import json
import sys
import traceback

from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import models, scf_client

ADDRESS, SECRET_ID, SECRET_KEY = sys.argv[1:]
UNICODE = {"text": "é中文😀\u2028\x00\x7f\"\\/", "ключ": ["\U0010ffff", None, 1.5, True]}


def client(method="POST", signature="TC3-HMAC-SHA256", unsigned=False, key=SECRET_KEY, id=SECRET_ID):
    http = HttpProfile(reqMethod=method, endpoint=ADDRESS, protocol="http")
    profile = ClientProfile(signMethod=signature, httpProfile=http)
    profile.unsignedPayload = unsigned
    return scf_client.ScfClient(credential.Credential(id, key), "ap-guangzhou", profile)


def request(kind, parameters):
    made = kind()
    made.from_json_string(json.dumps(parameters))
    return made


def invoke(parameters, **options):
    return client(**options).Invoke(request(models.InvokeRequest, parameters)).Result


def invoke_function(parameters, **options):
    made = request(models.InvokeFunctionRequest, parameters)
    return client(**options).InvokeFunction(made).Result


def refused(code, parameters, call=invoke, **options):
    try:
        call(parameters, **options)
    except TencentCloudSDKException as error:
        assert error.get_code() == code, error
        assert error.get_request_id(), error
        return error.get_message()
    raise AssertionError("%s is not refused" % parameters)


def echo(event, call=invoke, **options):
    name = "Event" if call is invoke_function else "ClientContext"
    result = call({"FunctionName": "echo", name: json.dumps(event)}, **options)
    assert result.InvokeResult == 0 and result.ErrMsg == "", result
    assert json.loads(result.RetMsg) == event, result.RetMsg[:200]


def test_invoke():
    result = invoke({"FunctionName": "hello", "ClientContext": '{"name":"Ada"}'})
    assert result.RetMsg == '"hello Ada"', result
    assert result.InvokeResult == 0 and result.ErrMsg == "" and result.Log == "", result
    assert result.Duration > 0 and result.BillDuration >= 1 and result.MemUsage > 0, result
    assert len(result.FunctionRequestId) == 36, result


def test_invoke_function():
    result = invoke_function({"FunctionName": "hello", "Event": '{"name":"Ada"}'})
    assert result.RetMsg == '"hello Ada"', result


def test_every_parameter():
    parameters = {
        "FunctionName": "custom-runtime",
        "InvocationType": "RequestResponse",
        "Qualifier": "live",
        "ClientContext": "[1]",
        "LogType": "None",
        "Namespace": "default",
        "RoutingKey": '{"k":"v"}',
    }
    result = invoke(parameters)
    assert json.loads(result.RetMsg) == {"event": [1], "handler": "bootstrap.serve"}, result


def test_no_event():
    assert invoke({"FunctionName": "echo"}).InvokeResult == 0


def test_log_tail():
    for call, name in [(invoke, "ClientContext"), (invoke_function, "Event")]:
        result = call({"FunctionName": "hello", "LogType": "Tail", name: '{"name":"Zoë"}'})
        assert "greeting Zoë" in result.Log, result
        assert "START RequestId: " + result.FunctionRequestId in result.Log, result
        assert len(result.Log.encode()) <= 4096, result


def test_the_functions_own_failure():
    result = invoke({"FunctionName": "fail", "ClientContext": '{"message":"as asked"}'})
    assert result.InvokeResult != 0 and result.ErrMsg, result
    failure = json.loads(result.RetMsg)
    assert failure["statusCode"] == 430 and "as asked" in failure["stackTrace"], failure


def test_event_invocation():
    result = invoke({"FunctionName": "hello", "InvocationType": "Event", "ClientContext": "{}"})
    assert len(result.FunctionRequestId) == 36, result
    assert not result.RetMsg, result


def test_unicode():
    for call in [invoke, invoke_function]:
        echo(UNICODE, call)


def test_one_mebibyte():
    echo({"text": "0123456789abcdé\n" * 61440})


def test_get():
    for call in [invoke, invoke_function]:
        echo(UNICODE, call, method="GET")
        echo({"a b": "+ &=%~?#"}, call, method="GET")


def test_unsigned_payload():
    for method in ["POST", "GET"]:
        echo(UNICODE, method=method, unsigned=True)


def test_version_1():
    for signature in ["HmacSHA1", "HmacSHA256"]:
        for method in ["POST", "GET"]:
            for call in [invoke, invoke_function]:
                echo(UNICODE, call, method=method, signature=signature)
                echo({"a b": "+ &=%~?#"}, call, method=method, signature=signature)


def test_keep_alive():
    kept = client()
    for number in range(5):
        made = request(models.InvokeRequest, {"FunctionName": "echo", "ClientContext": str(number)})
        assert kept.Invoke(made).Result.RetMsg == str(number)


def test_the_generic_call():
    answer = client().call_json("Invoke", {"FunctionName": "echo", "ClientContext": "[]"})
    assert answer["Response"]["Result"]["RetMsg"] == "[]", answer


def test_a_wrong_key():
    for signature in ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"]:
        for method in ["POST", "GET"]:
            options = {"signature": signature, "method": method, "key": SECRET_KEY[:-1] + "?"}
            message = refused("AuthFailure.SignatureFailure", {"FunctionName": "hello"}, **options)
            assert SECRET_KEY not in message, message
        refused(
            "AuthFailure.SecretIdNotFound",
            {"FunctionName": "hello"},
            signature=signature,
            id="AKIDSOMEONEELSESKEY",
        )


def test_what_is_not_there():
    refused("ResourceNotFound.Function", {"FunctionName": "nobody"})
    refused("ResourceNotFound.Function", {"FunctionName": "nobody"}, invoke_function)
    refused("ResourceNotFound.Qualifier", {"FunctionName": "custom-runtime", "Qualifier": "7"})


def test_bad_parameters():
    refused("MissingParameter", {})
    refused("InvalidParameter.FunctionName", {"FunctionName": "../etc"})
    hello = {"FunctionName": "hello"}
    refused("InvalidParameterValue.Param", {**hello, "ClientContext": "{name:1}"})
    refused("InvalidParameterValue", {**hello, "InvocationType": "Later"})
    refused("InvalidParameterValue", {**hello, "LogType": "Head"})
    refused("InvalidParameterValue", {**hello, "RoutingKey": '{"k":1}'})
    refused("InvalidParameterValue.ClientContext", {**hello, "Event": "{"}, invoke_function)
    long = json.dumps("x" * (128 << 10))
    refused("RequestSizeLimitExceeded", {**hello, "InvocationType": "Event", "ClientContext": long})


def main():
    passed = failed = 0
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        try:
            test()
            passed += 1
        except Exception:
            failed += 1
            print("%s failed:" % name)
            traceback.print_exc(file=sys.stdout)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
