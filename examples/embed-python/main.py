"""Runs a function: main.py LIBRARY HOST PORT FUNCTION [EVENT]

LIBRARY is scf_invoke_capi.wasm or libscf_invoke_capi.so. The credentials come from
TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY. Plain TCP: for anything but
an emulator on this machine wrap the socket with ssl."""

import os
import socket
import sys
import time

from scf import AFTER_CLOCK_CORRECTION, OK, Library, Module, Scf


def main():
    if not 5 <= len(sys.argv) <= 6:
        sys.exit(__doc__)
    path, host, port, function, *event = sys.argv[1:]
    scf = Scf(Module(path) if path.endswith(".wasm") else Library(path))
    now = int(os.environ.get("SCF_NOW", time.time()))
    for _ in range(2):
        answer = scf.invoke(
            lambda: socket.create_connection((host, port), timeout=310),
            now, function, event[0] if event else None,
            region=os.environ.get("TENCENTCLOUD_REGION", "ap-guangzhou"),
            host=f"{host}:{port}",
            secret_id=os.environ.get("TENCENTCLOUD_SECRET_ID"),
            secret_key=os.environ.get("TENCENTCLOUD_SECRET_KEY"),
        )
        # Refused for a wrong clock, so not executed: once more by the server's.
        if answer["retry"] != AFTER_CLOCK_CORRECTION or not answer["server_time"]:
            break
        now = answer["server_time"]
    if answer["log"]:
        print(answer["log"], end="", file=sys.stderr)
    if answer["result"] is not None:
        print(answer["result"])
    if answer["status"] == OK:
        return 0
    print(answer["status_text"], answer["error_code"], answer["message"],
          f"(delivery: {answer['delivery']})", file=sys.stderr)
    return 1


sys.exit(main())
