"""Streams a megabyte to the function echo and back: stream.py LIBRARY HOST PORT

Neither the event nor its echo is ever held whole, here or in the library: one
is made as it is asked for, the other is counted and hashed as it arrives. The
rest is as main.py has it."""

import hashlib
import json
import os
import socket
import sys
import time

from scf import OK, RESULT, Library, Module, Scf

COUNT = 131_072  # numbers of seven digits, each after a comma or the bracket
LENGTH = 8 * COUNT + 1


def event(offset, room):
    """Bytes of [1000000,1000001,…] from an offset on."""
    end = min(offset + room, LENGTH)
    numbers = (
        "]" if number == COUNT else f"{',' if number else '['}{1_000_000 + number}"
        for number in range(offset // 8, (end + 7) // 8)
    )
    return "".join(numbers)[offset % 8:][:end - offset].encode()


def main():
    path, host, port = sys.argv[1:]
    scf = Scf(Module(path) if path.endswith(".wasm") else Library(path))

    def run(source, sink):
        return scf.invoke(
            lambda: socket.create_connection((host, port), timeout=310),
            int(time.time()), "echo", source, sink=sink, log_type=0, buffer_size=4096,
            region="ap-guangzhou", host=f"{host}:{port}",
            secret_id=os.environ["TENCENTCLOUD_SECRET_ID"],
            secret_key=os.environ["TENCENTCLOUD_SECRET_KEY"],
        )

    # As the function writes it: with a space after each comma.
    echo = json.dumps(list(range(1_000_000, 1_000_000 + COUNT))).encode()
    pieces, seen = [], hashlib.sha256()

    def take(field, piece):
        assert field == RESULT
        pieces.append(len(piece))
        seen.update(piece)

    answer = run(event, take)
    assert answer["status"] == OK, answer
    assert answer["result"] == "", "it went to the sink"
    assert seen.digest() == hashlib.sha256(echo).digest()
    assert len(pieces) > 100 and max(pieces) <= 4096
    print(f"{LENGTH} bytes out, {sum(pieces)} bytes back in {len(pieces)} pieces")

    # The function pointers are given back, and others take their places.
    def change(offset, room, reads=[0]):
        reads[0] += offset == 0
        return event(offset, room).replace(b"5", str(reads[0]).encode())

    answer = run(change, take)
    print(f"{answer['status_text']}: {answer['delivery']}")

    def refuse(field, piece):
        raise BufferError("no more room")

    for source, sink in (event, refuse), (lambda offset, room: 1 // 0, take):
        try:
            run(source, sink)
        except (BufferError, ZeroDivisionError) as error:
            print(f"raised: {error}")


main()
