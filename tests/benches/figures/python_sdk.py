"""Times the official Python SDK on one connection: prints seconds per call."""

import statistics
import sys
import time

from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import models, scf_client

address, secret_id, secret_key, region = sys.argv[1:]
profile = HttpProfile(endpoint=address, keepAlive=True)
profile.scheme = "http"
client = scf_client.ScfClient(
    credential.Credential(secret_id, secret_key),
    region,
    ClientProfile(httpProfile=profile),
)


def invoke():
    request = models.InvokeRequest()
    request.FunctionName = "hello"
    request.ClientContext = '{"name":"world"}'
    assert client.Invoke(request).Result.RetMsg == "hello from scf"


def timed():
    start = time.perf_counter()
    invoke()
    return time.perf_counter() - start


for _ in range(50):
    invoke()
print(statistics.median(timed() for _ in range(500)))
