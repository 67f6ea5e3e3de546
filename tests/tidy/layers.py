"""Calls point down only: every include is held against the layers and the list of confined third-party headers."""

import posixpath
import re
from typing import Iterator

from source import CPP, Finding, Tree

MECHANISM = ["core/base", "core/model", "core/ports", "core/snapshot"]
CORE = MECHANISM + ["core/protocols", "core/runtime", "core/cluster"]
TESTBED = ["workloads", "engines", "chaos", "results"]
IMPLEMENTATIONS = ["transports", "storage-backends"]

# What each layer may include besides itself. A layer that is not named here does not exist.
MAY_INCLUDE = {
    "core/base": [],
    "core/model": MECHANISM[:1],
    "core/ports": MECHANISM[:2],
    "core/snapshot": MECHANISM[:3],
    "core/protocols": MECHANISM,
    "core/runtime": MECHANISM + ["core/protocols"],
    "core/cluster": CORE,
    "transports": MECHANISM,
    "storage-backends": MECHANISM,
    "workloads": CORE + TESTBED,
    "engines": CORE + TESTBED,
    "chaos": CORE + TESTBED,
    "results": CORE + TESTBED,
    "apps": CORE + TESTBED + IMPLEMENTATIONS,
    "tests": CORE + TESTBED + IMPLEMENTATIONS + ["apps"],
}

# The worker drives protocols through the interface beside their folders and knows none of them by name.
INTERFACE_ONLY = {("core/runtime", "core/protocols")}

# Heavy third-party headers and the one folder each may enter.
CONFINED = [
    (r"rocksdb/", "storage-backends/state/rocksdb"),
    (r"lmdb\.h", "storage-backends/state/lmdb"),
    (r"hiredis/", "engines/two-tier"),
    (r"zmq", "transports/channels/zeromq"),
    (r"librdkafka/", "transports/connectors/kafka"),
    (r"(postgresql/)?libpq|pqxx/", "engines/two-tier"),
    (r"curl/", "transports/http"),
]
HEAVY_BOOST = re.compile(r"boost/(asio|beast)\b")
NOT_IN_MODEL_HEADERS = re.compile(r"(google/protobuf|boost|yaml-cpp)/")


def layer_of(path: str) -> str | None:
    parts = path.split("/")
    layer = "/".join(parts[:2]) if parts[0] == "core" else parts[0]
    return layer if layer in MAY_INCLUDE else None


def check(tree: Tree) -> Iterator[Finding]:
    for path in tree.select(CPP):
        if path.startswith("tests/out-of-tree/"):
            continue
        for include in tree.includes(path):
            judge = judge_own if include.quoted else judge_third_party
            if problem := judge(tree, path, include.path):
                yield Finding(path, include.line, problem)
    yield from cycles(tree)


def judge_own(tree: Tree, path: str, included: str) -> str | None:
    if not (tree.root / included).is_file():
        return f'"{included}" is no file of this tree: give the path from the root, or <> to a third-party header'
    mine, theirs = layer_of(path), layer_of(included)
    if mine is None:
        return f"lies in no layer; the layers are {', '.join(MAY_INCLUDE)}"
    if theirs is None:
        return f'includes "{included}", which lies in no layer'
    if (mine, theirs) in INTERFACE_ONLY and posixpath.dirname(included) != theirs:
        return f'{mine} must not include "{included}": it sees the interface in {theirs}/ and none of the folders in it'
    if theirs == mine or theirs in MAY_INCLUDE[mine]:
        return None
    return (f'{mine} must not include {theirs} ("{included}"); it may include '
            f"{', '.join(MAY_INCLUDE[mine]) or 'nothing of ours'}: turn the call into an event or pass an interface in")


def judge_third_party(_: Tree, path: str, included: str) -> str | None:
    for pattern, home in CONFINED:
        if re.match(pattern, included) and not path.startswith((home + "/", "tests/")):
            return f"<{included}> stays in {home}/: put an interface of core/ports between"
    if HEAVY_BOOST.match(included) and path.endswith(".h"):
        return f"<{included}> belongs in a .cc: it costs every includer seconds of compile time"
    if NOT_IN_MODEL_HEADERS.match(included) and path.startswith("core/model/") and path.endswith(".h"):
        return f"<{included}> would reach every author of functions: model headers name no such library"
    return None


def cycles(tree: Tree) -> Iterator[Finding]:
    """Folders of non-test code include each other in one direction only."""
    edges: dict[str, dict[str, Finding]] = {}
    for path in tree.select(CPP):
        if path.startswith("tests/"):
            continue
        mine = posixpath.dirname(path)
        for include in tree.includes(path):
            theirs = posixpath.dirname(include.path)
            if include.quoted and theirs != mine:
                edges.setdefault(mine, {}).setdefault(theirs, Finding(path, include.line, f'"{include.path}"'))
    done: set[str] = set()
    for start in sorted(edges):
        if loop := find_loop(edges, start, [], done):
            first = edges[loop[0]][loop[1]]
            yield Finding(first.path, first.line, f"folders include each other in a circle: {' -> '.join(loop)}")


def find_loop(edges: dict, folder: str, trail: list[str], done: set[str]) -> list[str] | None:
    if folder in trail:
        return trail[trail.index(folder):] + [folder]
    if folder in done:
        return None
    done.add(folder)
    for next_folder in sorted(edges.get(folder, {})):
        if loop := find_loop(edges, next_folder, trail + [folder], done):
            return loop
    return None
