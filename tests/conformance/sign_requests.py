"""Has the official SDK sign random requests, one JSON object a line.

    sign_requests.py SEED COUNT

Each request is signed twice by the SDK's own code: with the text that the SDK
makes of the parameters ("sdk"), and with the text that scf-invoke-core makes of them
("core"), which differs in spaces, escapes and order.
"""

import json
import random
import sys
import time
import types
from urllib.parse import quote, urlencode

from tencentcloud.common import abstract_client, credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.scf.v20180416 import scf_client

LAST_SECOND = 253402300799  # of the year 9999
DAY = 86400
TIMES = [0, 1, DAY - 1, DAY, 951782400, 1709164799, 1709164800, 1735689599, 1735689600, 4107542400]
REGIONS = ["ap-guangzhou", "ap-shanghai-fsi", "na-siliconvalley", "sa-saopaulo", "ap-jakarta", "x1"]
WORD = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
SPECIAL = "\"\\/\b\f\n\r\t\x00\x01\x1f\x7f <>&=+%~!*'();:@$,?#[]{}`^|"
WIDE = "éßñ\u0080\u00a0中文\u2028\u2029\ufeff\uffff😀\U0010ffff"


class Parameters:
    """One random request, in all its parts."""

    def __init__(self, rng):
        self.rng = rng
        self.scheme = rng.choice(["tc3", "tc3", "v1"])
        self.method = rng.choice(["POST", "GET"])
        self.unsigned = self.scheme == "tc3" and rng.random() < 0.25
        self.algorithm = rng.choice(["HmacSHA1", "HmacSHA256"])
        self.nonce = rng.choice([1, 2**32 - 1, rng.randrange(1, 2**32)])
        graphic = [chr(byte) for byte in range(0x21, 0x7F)]
        # Over 64 bytes, HMAC hashes the key first.
        self.secret_key = self.text(graphic, 1, rng.choice([32, 32, 61, 62, 64, 65, 120]))
        self.secret_id = "AKID" + self.text(WORD + DIGITS, 0, 32)
        self.token = self.text(graphic, 1, 200) if rng.random() < 0.4 else None
        self.region = rng.choice(REGIONS)
        self.service = rng.choice(["scf", "scf", "sts", "cvm", "a-1"])
        self.host = rng.choice(
            [
                "scf.tencentcloudapi.com",
                "scf.%s.tencentcloudapi.com" % self.region,
                "127.0.0.1:%d" % rng.randrange(1, 65536),
                "[::1]:9000",
            ]
        )
        self.timestamp = rng.choice(
            [rng.choice(TIMES), rng.randrange(1500000000, 2000000000), rng.randrange(LAST_SECOND)]
        )
        self.language = rng.choice([None, "zh-CN", "en-US"])
        self.client = self.text(WORD + DIGITS + "-_,;.", 1, 40)
        self.trace = self.text(WORD + DIGITS + "-", 1, 40)
        self.action = rng.choice(["Invoke", "InvokeFunction"])
        self.parameters = self.invocation()

    def text(self, alphabet, least, most):
        return "".join(self.rng.choices(alphabet, k=self.rng.randint(least, most)))

    def invocation(self):
        """The parameters in scf-invoke-core's order: the event last."""
        rng = self.rng
        name = rng.choice(WORD) + self.text(WORD + DIGITS + "-_", 0, 50) + rng.choice(DIGITS)
        found = [("FunctionName", name)]
        event_type = self.action == "Invoke" and rng.random() < 0.2
        if self.action == "Invoke" and (event_type or rng.random() < 0.3):
            found.append(("InvocationType", "Event" if event_type else "RequestResponse"))
        plain = WORD + DIGITS + " $-_.~/+&=%\"\\é中😀"
        if rng.random() < 0.5:
            found.append(("Qualifier", rng.choice(["$LATEST", "$DEFAULT", self.text(plain, 1, 20)])))
        if not event_type and rng.random() < 0.5:
            found.append(("LogType", rng.choice(["None", "Tail"])))
        if rng.random() < 0.5:
            found.append(("Namespace", self.text(plain, 1, 20)))
        if rng.random() < 0.3:
            found.append(("RoutingKey", json.dumps({self.text(plain, 0, 9): self.text(plain, 0, 9)})))
        if rng.random() < 0.9:
            event = json.dumps(
                self.value(3), ensure_ascii=rng.random() < 0.3, indent=rng.choice([None, None, 2])
            )
            if self.method == "POST" and rng.random() < 0.03:
                event = json.dumps([self.value(1) for _ in range(1500)], ensure_ascii=False)
            found.append(("ClientContext" if self.action == "Invoke" else "Event", event))
        return found

    def string(self):
        return self.text(WORD + DIGITS + SPECIAL + WIDE, 0, 24)

    def value(self, depth):
        rng = self.rng
        kind = rng.randrange(6 if depth else 4)
        if kind == 0:
            return rng.choice([None, True, False])
        if kind == 1:
            return rng.choice([0, -1, 2**53, -0.5, 1e300, 2.5e-7])
        if kind < 4:
            return self.string()
        if kind == 4:
            return [self.value(depth - 1) for _ in range(rng.randrange(4))]
        return {self.string(): self.value(depth - 1) for _ in range(rng.randrange(4))}


def client_for(given):
    http = HttpProfile(reqMethod=given.method, endpoint=given.host)
    profile = ClientProfile(httpProfile=http)
    profile.signMethod = "TC3-HMAC-SHA256" if given.scheme == "tc3" else given.algorithm
    profile.unsignedPayload = given.unsigned
    profile.language = given.language
    keys = credential.Credential(given.secret_id, given.secret_key, given.token)
    client = scf_client.ScfClient(keys, given.region, profile)
    # Without the version of the SDK, whose space scf-invoke-core does not allow.
    client.request_client = given.client
    return client


def encode(pairs):
    """A query as scf-invoke-core writes it: in the order given, a space as %20."""
    return "&".join("%s=%s" % (name, quote(str(value), safe="")) for name, value in pairs)


def core_form(parameters):
    """The form of version 1, sorted, with the signature last."""
    rest = sorted(item for item in parameters.items() if item[0] != "Signature")
    return encode(rest + [("Signature", parameters["Signature"])])


def sign(given, core):
    """A request signed by the SDK, with its own text or with scf-invoke-core's."""
    abstract_client.time = types.SimpleNamespace(time=lambda: given.timestamp + 0.5)
    abstract_client.random = types.SimpleNamespace(randint=lambda low, high: given.nonce)
    abstract_client.json = json
    abstract_client.urlencode = urlencode
    if core and given.scheme == "tc3":
        compact = {"ensure_ascii": False, "separators": (",", ":")}
        abstract_client.json = types.SimpleNamespace(dumps=lambda value: json.dumps(value, **compact))
        abstract_client.urlencode = lambda pairs: encode(pairs.items())
    elif core:
        abstract_client.urlencode = core_form
    client = client_for(given)
    if not core:
        client._service = given.service
    headers = {"X-TC-TraceId": given.trace} if given.scheme == "tc3" else {}
    request = RequestInternal(given.host, given.method, "/", header=headers)
    client._build_req_inter(given.action, dict(given.parameters), request)
    get = given.method == "GET"
    return {
        "headers": request.header,
        "query": request.data if get else "",
        "body": "" if get else request.data,
    }


def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    done = 0
    while done < count:
        given = Parameters(rng)
        line = {name: value for name, value in vars(given).items() if name != "rng"}
        line["sdk"] = sign(given, core=False)
        line["core"] = sign(given, core=True)
        # Over the API's limit for GET there is nothing to compare.
        if len(line["core"]["query"]) > 32 << 10:
            continue
        print(json.dumps(line))
        done += 1


if __name__ == "__main__":
    main()
