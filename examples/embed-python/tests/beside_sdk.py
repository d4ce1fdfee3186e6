"""Size, import time, calls a second and the processor time of each call, of this
package or of the official SDK, one client on one connection. Most of a call is
the emulator's time, so only the processor time compares the two: beside_sdk.py own|official ENDPOINT CALLS"""

import json
import os
import pathlib
import sys
import time


def own(endpoint):
    import scf_invoke

    client = scf_invoke.Client.from_env("ap-guangzhou", endpoint)
    package = pathlib.Path(scf_invoke.__file__).parent
    return [package], lambda: client.invoke("hello", {"name": "a"}).result_text


def official(endpoint):
    import tencentcloud
    from tencentcloud.common import credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.scf.v20180416 import models, scf_client

    http = HttpProfile(endpoint=endpoint.removeprefix("http://"), protocol="http", keepAlive=True)
    secret = credential.Credential(
        os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"]
    )
    client = scf_client.ScfClient(secret, "ap-guangzhou", ClientProfile(httpProfile=http))

    def call():
        request = models.InvokeRequest()
        request.FunctionName = "hello"
        request.ClientContext = json.dumps({"name": "a"})
        return client.Invoke(request).Result.RetMsg

    import certifi
    import charset_normalizer
    import idna
    import requests
    import urllib3

    modules = [certifi, charset_normalizer, idna, requests, urllib3]
    places = [pathlib.Path(module.__file__).parent for module in modules]
    return [pathlib.Path(next(iter(tencentcloud.__path__))), *places], call


def size(place):
    files = (file for file in place.rglob("*") if file.suffix != ".pyc" and file.is_file())
    return sum(file.stat().st_size for file in files)


def main():
    kind, endpoint, calls = sys.argv[1:]
    begun = time.perf_counter()
    places, call = {"own": own, "official": official}[kind](endpoint)
    imported = time.perf_counter() - begun
    assert call() == '"hello a"'
    count = int(calls)
    worked_before = time.process_time()
    begun = time.perf_counter()
    for _ in range(count):
        call()
    seconds = time.perf_counter() - begun
    worked = time.process_time() - worked_before
    figures = {
        "bytes": sum(map(size, places)),
        "import_ms": round(imported * 1e3),
        "calls_per_second": round(count / seconds),
        "cpu_us_per_call": round(worked / count * 1e6),
    }
    print(json.dumps(figures))


main()
