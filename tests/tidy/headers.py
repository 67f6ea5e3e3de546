"""Every header compiles alone, without the build's precompiled headers. A header is compiled again only when it or a
header of ours that it reaches has changed; the fingerprints of those that passed are kept in the build folder.

Most headers reach SHARED, and most of their time goes into parsing what it includes. For them, and for no others, it is
precompiled here: it brings nothing that they would not bring themselves."""

import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
from typing import Iterator

from source import Finding, Tree

SHARED = "core/base/result.h"
ROOMS = ("core/", "storage-backends/", "transports/", "workloads/", "engines/", "chaos/", "results/", "apps/")


def check(tree: Tree, build: str, jobs: int) -> Iterator[Finding]:
    compiler = compiler_command(tree, pathlib.Path(build))
    cache = pathlib.Path(build) / "header-check.json"
    known = set(json.loads(cache.read_text())) if cache.exists() else set()
    headers = [path for path in tree.select((".h",)) if path.startswith(ROOMS)]
    prints = {header: fingerprint(tree, header, compiler) for header in headers}
    stale = [header for header, mark in prints.items() if mark not in known]
    shared = precompile_shared(compiler, tree, pathlib.Path(build)) if len(stale) > 10 else []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        errors = dict(zip(stale, pool.map(lambda header: compile_alone(compiler, tree, header, shared), stale)))
    cache.write_text(json.dumps([mark for header, mark in prints.items() if not errors.get(header)]))
    print(f"{len(prints)} headers, {len(stale)} compiled")
    for header in stale:
        if errors[header]:
            yield Finding(header, 1, f"does not compile alone: include what it uses\n{errors[header]}")


def compiler_command(tree: Tree, build: pathlib.Path) -> list[str]:
    """The compiler of the build with every include folder and definition that any target uses."""
    commands = json.loads((build / "compile_commands.json").read_text())
    compiler, flags = "c++", {}
    for command in commands:
        words = shlex.split(command["command"])
        compiler = next((word for word in words if word.endswith(("c++", "g++", "clang++"))), compiler)
        for word, after in zip(words, words[1:]):
            if word.startswith(("-I", "-D")) and len(word) > 2:
                flags[(word,)] = None
            elif word == "-isystem":
                flags[(word, after)] = None
    return [compiler, "-std=c++20", "-w", "-fsyntax-only", "-I", str(tree.root), *(w for f in flags for w in f)]


def fingerprint(tree: Tree, header: str, compiler: list[str]) -> str:
    digest = hashlib.sha256(f"{header}\n{compiler}".encode())
    for path in sorted(reached_from(tree, header)):
        digest.update(tree.text(path).encode())
    return digest.hexdigest()


def reached_from(tree: Tree, header: str) -> set[str]:
    reached, waiting = set(), [header]
    while waiting:
        path = waiting.pop()
        if path not in reached and (tree.root / path).is_file():
            reached.add(path)
            waiting += [include.path for include in tree.includes(path) if include.quoted]
    return reached


def precompile_shared(compiler: list[str], tree: Tree, build: pathlib.Path) -> list[str]:
    """Flags that bring SHARED in precompiled; none when it does not compile."""
    prefix = build.resolve() / "header-check" / "shared.h"
    prefix.parent.mkdir(exist_ok=True)
    prefix.write_text(f'#include "{SHARED}"\n')
    flags = [flag for flag in compiler if flag != "-fsyntax-only"]
    done = subprocess.run([*flags, "-x", "c++-header", str(prefix), "-o", f"{prefix}.gch"], cwd=tree.root,
                          capture_output=True, check=False)
    return ["-include", str(prefix)] if done.returncode == 0 else []


def compile_alone(compiler: list[str], tree: Tree, header: str, shared: list[str]) -> str:
    prefix = shared if header != SHARED and SHARED in reached_from(tree, header) else []
    done = subprocess.run([*compiler, *prefix, "-x", "c++", "-"], input=f'#include "{header}"\n', cwd=tree.root,
                          text=True, capture_output=True, check=False)
    return "\n".join(done.stderr.splitlines()[:10]) if done.returncode else ""
