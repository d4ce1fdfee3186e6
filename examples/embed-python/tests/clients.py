"""The clients against an emulator: clients.py ENDPOINT [MODULE]

With a MODULE, scf.wasm, the blocking client runs by it instead of
by the shared library. `run` has the fault injection in the environment."""

import asyncio
import concurrent.futures
import os
import socket
import subprocess
import sys
import unittest

from scf_invoke import (
    ApiError,
    AsyncClient,
    Client,
    Credential,
    Delivery,
    FunctionError,
    RequestError,
    Settings,
    TransportError,
)
from scf_invoke.client import SocketConnection

ENDPOINT = sys.argv.pop(1)
MODULE = sys.argv.pop(1) if len(sys.argv) > 1 else None
SETTINGS = Settings("ap-guangzhou", ENDPOINT)
SECRET = Credential.from_env()


def face():
    if MODULE is None:
        return None
    from scf_invoke.wasm import Module

    return Module(MODULE)


def fault(*words):
    command = [os.environ["TSCF"], "fault", *words, "--endpoint", ENDPOINT]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Blocking(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = Client(SETTINGS, SECRET, face=face())

    @classmethod
    def tearDownClass(cls):
        cls.client.close()

    def test_a_value_goes_in_and_a_value_comes_out(self):
        reply = self.client.invoke("hello", {"name": "Python"}, log=True)
        self.assertEqual(reply.result, "hello Python")
        self.assertIn("greeting Python", reply.log)
        self.assertGreater(reply.duration, 0)
        self.assertGreater(reply.memory_bytes, 0)
        self.assertTrue(reply.request_id)

    def test_any_text_survives(self):
        for event in ('"\\\n', "中文😀\u2028\x7f", [None, True, 1.5], {"a": {}}):
            self.assertEqual(self.client.invoke("echo", event).result, event)

    def test_a_reply_of_megabytes_fits(self):
        event = "x" * (2 << 20)
        self.assertEqual(self.client.invoke("echo", event).result, event)

    def test_a_wrong_clock_is_corrected(self):
        with Client(SETTINGS, SECRET, face=face()) as client:
            client._engine.clock = lambda: 12
            for _ in range(2):
                self.assertEqual(client.invoke("hello", {"name": "1970"}).result, "hello 1970")

    def test_a_limit_is_waited_for(self):
        fault("throttle", "--times", "1")
        self.assertEqual(self.client.invoke("hello", {"name": "again"}).result, "hello again")

    def test_a_function_that_fails_says_why(self):
        with self.assertRaises(FunctionError) as caught:
            self.client.invoke("fail", {"message": "why"})
        self.assertIn("the function failed", str(caught.exception))
        self.assertIn("ValueError: why", caught.exception.result_text)
        self.assertEqual(caught.exception.delivery, Delivery.EXECUTED)

    def test_an_error_of_the_service_has_its_code(self):
        with self.assertRaises(ApiError) as caught:
            self.client.invoke("nowhere")
        self.assertEqual(caught.exception.code, "ResourceNotFound.Function")
        self.assertEqual(caught.exception.delivery, Delivery.REFUSED)

    def test_an_impossible_request_is_not_sent(self):
        for function, options in ("hello", {"event_text": "{name}"}), ("bad name", {}):
            with self.assertRaises(RequestError) as caught:
                self.client.invoke(function, **options)
            self.assertEqual(caught.exception.delivery, Delivery.NOT_SENT)
        with self.assertRaises(TypeError):
            self.client.invoke("hello", 1, event_text="1")

    def test_a_wrong_secret_is_refused(self):
        wrong = Credential(SECRET.secret_id, "wrong")
        self.assertNotIn("wrong", repr(wrong))
        with Client(SETTINGS, wrong, face=face()) as client, self.assertRaises(ApiError) as caught:
            client.invoke("hello")
        self.assertTrue(caught.exception.code.startswith("AuthFailure"))

    def test_nobody_listening_is_not_sent(self):
        settings = Settings("ap-guangzhou", "http://127.0.0.1:1", attempts=1)
        with Client(settings, SECRET, face=face()) as client:
            with self.assertRaises(TransportError) as caught:
                client.invoke("hello")
        self.assertEqual(caught.exception.delivery, Delivery.NOT_SENT)

    def test_an_idle_connection_that_was_closed_is_not_used(self):
        with Client(SETTINGS, SECRET, face=face()) as client:
            idle, peer = socket.socketpair()
            peer.close()
            client._pool.give(SocketConnection(idle), keep=True)
            self.assertEqual(client.invoke("echo", 1).result, 1)

    def test_event_and_result_stream(self):
        length = 1 << 20
        event = b'"' + b"x" * (length - 2) + b'"'

        def source(offset, room):
            return event[offset : offset + room]

        pieces = []
        reply = self.client.invoke("echo", source=source, sink=lambda _, data: pieces.append(data))
        self.assertEqual(reply.result_text, "")
        self.assertEqual(b"".join(pieces), event)
        self.assertGreater(len(pieces), 10)

    def test_what_a_callback_raises_arrives(self):
        def refuse(_, data):
            raise BufferError("no more room")

        with self.assertRaises(BufferError):
            self.client.invoke("echo", 1, sink=refuse)
        with self.assertRaises(ZeroDivisionError):
            self.client.invoke("echo", source=lambda offset, room: 1 // 0)
        self.assertEqual(self.client.invoke("echo", 1).result, 1)

    def test_a_changed_source_is_not_sent(self):
        reads = []

        def source(offset, room):
            if offset == 0:
                reads.append(0)
            return f"[{len(reads)}]".encode()[offset : offset + room]

        with self.assertRaises(RequestError) as caught:
            self.client.invoke("echo", source=source)
        self.assertEqual(caught.exception.delivery, Delivery.NOT_SENT)

    def test_an_accepted_event_has_no_result(self):
        self.assertEqual(self.client.invoke("hello", {}, wait=False).result_text, "")

    def test_threads_share_a_client(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            replies = pool.map(lambda n: self.client.invoke("echo", n).result, range(40))
            self.assertEqual(list(replies), list(range(40)))


class Asynchronous(unittest.IsolatedAsyncioTestCase):
    async def test_many_at_once(self):
        async with AsyncClient(SETTINGS, SECRET) as client:
            calls = (client.invoke("echo", n) for n in range(12))
            replies = await asyncio.gather(*calls)
            self.assertEqual([reply.result for reply in replies], list(range(12)))

    async def test_errors_are_the_same(self):
        async with AsyncClient(SETTINGS, SECRET) as client:
            with self.assertRaises(FunctionError):
                await client.invoke("fail", {"message": "why"})
            with self.assertRaises(ApiError):
                await client.invoke("nowhere")
            with self.assertRaises(RequestError):
                await client.invoke("bad name")
        settings = Settings("ap-guangzhou", "http://127.0.0.1:1", attempts=1)
        async with AsyncClient(settings, SECRET) as client:
            with self.assertRaises(TransportError) as caught:
                await client.invoke("hello")
        self.assertEqual(caught.exception.delivery, Delivery.NOT_SENT)

    async def test_a_task_can_be_cancelled(self):
        async with AsyncClient(SETTINGS, SECRET) as client:
            task = asyncio.create_task(client.invoke("slow", {"seconds": 30}))
            started = asyncio.create_task(client.invoke("hello", {"name": "meanwhile"}))
            self.assertEqual((await started).result, "hello meanwhile")
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task


if MODULE:
    del Asynchronous
unittest.main(verbosity=1)
