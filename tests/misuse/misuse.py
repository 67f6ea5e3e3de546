#!/usr/bin/env python3
"""Compiles misuse.cc as it is, then once per mistake in it: `misuse.py SOURCE COMPILER FLAG...`. Every mistake must be
refused, and the compiler's output must hold what the mistake's line says."""

import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile


def complaint(command: list[str], name: str, says: str) -> str:
    """What is wrong with how the compiler answers to the mistake; empty if nothing."""
    ran = subprocess.run([*command, f"-D{name}"] if name else command, capture_output=True, text=True)
    if not name:
        return ran.stderr if ran.returncode else ""
    if ran.returncode == 0:
        return f"{name} compiles"
    return "" if says in ran.stderr else f"{name} is refused, but not with '{says}':\n{ran.stderr}"


def precompiled(compiler: list[str], source: str, folder: str) -> str:
    """A header with what the source includes, compiled once for all cases: it is most of the work."""
    includes = re.findall(r"^#include .*$", pathlib.Path(source).read_text(), re.MULTILINE)
    header = pathlib.Path(folder) / "includes.h"
    header.write_text("\n".join(includes) + "\n")
    subprocess.run([*compiler, "-x", "c++-header", header, "-o", f"{header}.gch"], check=True)
    return str(header)


def main() -> int:
    source, *compiler = sys.argv[1:]
    cases = re.findall(r"^#ifdef (\w+) +// says: (.*)$", pathlib.Path(source).read_text(), re.MULTILINE)
    assert len(cases) == pathlib.Path(source).read_text().count("#ifdef"), "a mistake without 'says:'"
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        command = [*compiler, "-include", precompiled(compiler, source, folder), "-fsyntax-only", source]
        wrong = list(filter(None, pool.map(lambda case: complaint(command, *case), [("", ""), *cases])))
    print("\n".join(wrong) or f"{len(cases)} mistakes refused")
    return 1 if wrong else 0


sys.exit(main())
