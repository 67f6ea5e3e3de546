"""Nothing left open, and nothing that only means something on one machine."""

import re
from typing import Iterator

from source import Finding, Tree

LEFT_OPEN = re.compile(r"\b(TODO|FIXME|XXX)\b")
# A path that stands alone, not the tail of another one or of an address.
MACHINE_PATH = re.compile(r"(?<![\w.~/)}>-])/(?:work|root|home/\w+|tmp/build[\w-]*)(?=[/\s\"'`.,;:)]|$)")
REGISTRY_HOST = re.compile(r"https?://[^/\s\"']*(?:registry|artifactory|nexus|mirror|pypi|crates|goproxy)[^/\s\"']*")
TEXT = (".h", ".cc", ".in", ".py", ".cmake", ".txt", ".md", ".json", ".yaml", ".yml", ".sh", ".js", ".mjs", ".ts",
        ".css", ".html", ".toml", ".npmrc")


def check(tree: Tree) -> Iterator[Finding]:
    for path in tree.files:
        if not path.endswith(TEXT) and not path.startswith(("scripts/", ".ci/")) or path.startswith("tests/tidy/"):
            continue
        for number, line in tree.lines(path):
            if match := LEFT_OPEN.search(line):
                yield Finding(path, number, f"'{match[0]}': do it now, or open an issue and leave no note in the code")
            if match := MACHINE_PATH.search(line):
                yield Finding(path, number, f"'{match[0]}' is a path of one machine: use a relative one")
            if match := REGISTRY_HOST.search(line):
                yield Finding(path, number, f"'{match[0]}' names a registry: leave the choice to the user's client")
