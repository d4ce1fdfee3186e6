"""Builds the shared library with cargo, and puts it into the package."""

import os
import pathlib
import shutil
import subprocess

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NAME = "libscf_invoke_capi.so"


class BuildPy(build_py):
    """Adds the library, which SCF_LIBRARY can give ready-made."""

    def run(self) -> None:
        super().run()
        place = pathlib.Path(self.build_lib) / "scf_invoke" / NAME
        library = os.environ.get("SCF_LIBRARY")
        if not library:
            command = "cargo rustc -q -p scf-invoke-capi --lib --crate-type cdylib --profile capi --no-default-features --features get"
            subprocess.run(command.split(), cwd=ROOT, check=True)
            target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
            library = f"{target}/capi/{NAME}"
        shutil.copy(library, place)


class PlatformWheel(bdist_wheel):
    """One wheel for every Python of this platform: the library is called by ctypes."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self) -> tuple[str, str, str]:
        return "py3", "none", super().get_tag()[2]


setup(cmdclass={"build_py": BuildPy, "bdist_wheel": PlatformWheel})
