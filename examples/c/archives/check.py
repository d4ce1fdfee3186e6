"""Checks what no compiler can: check.py zephyr|arduino|wasm FOLDER"""

import ctypes
import json
import pathlib
import runpy
import sys


def zephyr(folder):
    """The module's Kconfig, as Zephyr's own program reads it."""
    import kconfiglib

    module = (folder / "zephyr/module.yml").read_text()
    assert "kconfig: zephyr/Kconfig" in module and "cmake: zephyr" in module
    kconfig = kconfiglib.Kconfig(str(folder / "zephyr/Kconfig"), warn_to_stderr=False)
    assert not kconfig.warnings, kconfig.warnings
    symbol = kconfig.syms["SCF_INVOKE"]
    assert symbol.str_value == "n" and symbol.set_value(2) and symbol.str_value == "y"


class Board(dict):
    """A board, and PlatformIO's environment for it."""

    def BoardConfig(self):
        return self["board"]

    def Append(self, **values):
        self.update(values)


def arduino(folder):
    """What PlatformIO's script chooses, and what the two manifests say."""
    properties = dict(
        line.split("=", 1) for line in (folder / "library.properties").read_text().splitlines()
    )
    manifest = json.loads((folder / "library.json").read_text())
    assert properties["version"] == manifest["version"]
    assert (folder / "src" / properties["includes"]).is_file()
    boards = {
        ("cortex-m0plus", ""): "cortex-m0plus",
        ("cortex-m4", ""): "cortex-m0plus",
        ("cortex-m4", "-mfloat-abi=hard"): "cortex-m4/fpv4-sp-d16-hard",
        ("esp32c3", ""): "esp32c3",
    }
    script = str(folder / manifest["build"]["extraScript"])
    import os

    os.chdir(folder)
    for (processor, flag), expected in boards.items():
        board = Board(board={"build.cpu": processor}, CCFLAGS=[flag])
        runpy.run_path(script, {"env": board, "Import": lambda name: None})
        [path] = board["LIBPATH"]
        assert path == str(folder / "src" / expected), path
        assert pathlib.Path(path, "libscf_invoke_capi.a").is_file()
    try:
        runpy.run_path(script, {"env": Board(board={"build.mcu": "avr"}), "Import": lambda name: None})
    except SystemExit as refused:
        assert "no library for avr" in str(refused)
    else:
        raise AssertionError("a library for AVR")


RESPONSE = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 76\r\n\r\n"
    b'{"Response":{"Result":{"RetMsg":"hello","InvokeResult":0},"RequestId":"r1"}}'
)


def wasm(folder):
    """The modules need nothing of their host, and the smallest makes a call."""
    from wasmtime import Engine, Func, FuncType, Instance, Module, Store, ValType

    engine = Engine()
    for name in "scf.wasm", "scf-full.wasm", "scf-lite.wasm":
        module = Module.from_file(engine, str(folder / name))
        assert not module.imports, name
        store = Store(engine)
        exports = Instance(store, module, []).exports(store)
        assert exports["scf_abi"](store) == 3
    memory, table = exports["memory"], exports["__indirect_function_table"]
    sent, rest = bytearray(), bytearray(RESPONSE)

    def send(_, data, length):
        sent.extend(memory.read(store, data, data + length))
        return length

    def receive(_, data, room):
        piece = bytes(rest[:room])
        del rest[:room]
        memory.write(store, piece, data)
        return len(piece)

    i32 = ValType.i32()
    pointers = [
        table.grow(store, 1, Func(store, FuncType([i32] * 3, [i32]), function))
        for function in (send, receive)
    ]
    top = exports["scf_memory"](store)

    def place(data):
        nonlocal top
        address, top = top, (top + len(data) + 7) & ~7
        while top > memory.data_len(store):
            memory.grow(store, 1)
        memory.write(store, data, address)
        return address

    texts = [
        b"hello", b"ap-guangzhou", b"scf.tencentcloudapi.com", b"{}", b"AKIDEXAMPLE",
        b"the-secret-key",
    ]  # fmt: skip
    words = [word for text in texts for word in (place(text), len(text))]
    call = place(bytes((ctypes.c_uint32 * 19)(*words, 0, 0, 0, 0, *pointers, 0)))
    outcome, buffer = place(bytes(40)), place(bytes(1024))
    status = exports["scf_lite_invoke"](store, call, 1_700_000_000, buffer, 1024, outcome)
    assert status == 0, status
    data, length = (ctypes.c_uint32 * 2).from_buffer_copy(memory.read(store, outcome, outcome + 8))
    assert bytes(memory.read(store, data, data + length)) == b"hello"
    assert sent.startswith(b"POST / HTTP/1.1\r\n")


kind, place = sys.argv[1:]
{"zephyr": zephyr, "arduino": arduino, "wasm": wasm}[kind](pathlib.Path(place).resolve())
