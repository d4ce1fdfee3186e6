#!/usr/bin/env python3
"""A runtime that answers each event with the bytes of the file `result`."""
import os
import urllib.request

api = "http://%s:%s/runtime/" % (os.environ["SCF_RUNTIME_API"], os.environ["SCF_RUNTIME_API_PORT"])
folder = os.path.dirname(os.path.abspath(__file__))
urllib.request.urlopen(api + "init/ready", data=b"")
while True:
    urllib.request.urlopen(api + "invocation/next").read()
    with open(os.path.join(folder, "result"), "rb") as file:
        urllib.request.urlopen(api + "invocation/response", data=file.read())
