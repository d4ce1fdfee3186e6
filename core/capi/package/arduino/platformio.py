"""Chooses the library for the board's processor, for PlatformIO."""

Import("env")  # noqa: F821, which PlatformIO provides

import os

# Folders of src/, by the processor that PlatformIO calls the board's.
FOLDERS = {
    "cortex-m0": "cortex-m0plus",
    "cortex-m0plus": "cortex-m0plus",
    "cortex-m3": "cortex-m0plus",
    "cortex-m4": "cortex-m0plus",
    "cortex-m33": "cortex-m0plus",
    "esp32c3": "esp32c3",
}

board = env.BoardConfig()  # noqa: F821
flags = " ".join(map(str, env.get("CCFLAGS", [])))  # noqa: F821
processor = board.get("build.cpu", "") or board.get("build.mcu", "")
folder = FOLDERS.get(processor)
if folder is None:
    raise SystemExit(f"ScfInvoke has no library for {processor or 'this board'}, only for: {', '.join(FOLDERS)}")
if "-mfloat-abi=hard" in flags:
    folder = os.path.join("cortex-m4", "fpv4-sp-d16-hard")
env.Append(  # noqa: F821
    # The script runs in the library's folder.
    LIBPATH=[os.path.realpath(os.path.join("src", folder))],
    LIBS=["scf_invoke_capi"],
)
