"""Runs a command component in wasmtime: run_wasmtime.py COMPONENT [ARGUMENT…]

The environment goes to the component as it is. What `wasmtime run -S http` does."""

import sys

import wasmtime
from wasmtime import component

RUN = "wasi:cli/run@0.2"


def main() -> int:
    path, *arguments = sys.argv[1:]
    engine = wasmtime.Engine()
    command = component.Component.from_file(engine, path)
    linker = component.Linker(engine)
    linker.add_wasip2()
    linker.add_wasi_http()
    wasi = wasmtime.WasiConfig()
    wasi.argv = [path, *arguments]
    wasi.inherit_env()
    wasi.inherit_stdout()
    wasi.inherit_stderr()
    store = wasmtime.Store(engine)
    store.set_wasi(wasi)
    store.set_wasi_http()
    instance = linker.instantiate(store, command)
    # The export's name has the patch version that the bindings were made for.
    names = [name for name in command.type.exports(engine) if name.startswith(RUN)]
    interface = instance.get_export_index(store, names[0])
    run = instance.get_func(store, instance.get_export_index(store, "run", interface))
    return 0 if run(store).tag == "ok" else 1


sys.exit(main())
