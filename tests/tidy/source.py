"""The tree under check: which files there are, their lines, and C++ text without comments and literals."""

import functools
import os
import pathlib
import re
from typing import Iterator, NamedTuple

SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__", "results/explore", "results/runs",
                   "results/soak"}
CPP = (".h", ".cc")
CODE = CPP + (".py", ".cmake", ".cmake.in", ".sh", ".js", ".mjs", ".ts", ".css", "CMakeLists.txt")
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


class Finding(NamedTuple):
    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class Include(NamedTuple):
    line: int
    path: str
    quoted: bool


class Tree:
    """A source tree. Paths are relative to its root, with forward slashes."""

    def __init__(self, root):
        self.root = pathlib.Path(root)

    @functools.cached_property
    def files(self) -> list[str]:
        found = []
        for folder, folders, names in os.walk(self.root):
            here = pathlib.Path(folder).relative_to(self.root)
            folders[:] = sorted(name for name in folders if self._is_walked(here / name))
            found += [(here / name).as_posix() for name in sorted(names)]
        return found

    @staticmethod
    def _is_walked(folder: pathlib.PurePath) -> bool:
        hidden = folder.name.startswith(".") and folder.name != ".ci"
        return not hidden and folder.name not in SKIPPED_FOLDERS and folder.as_posix() not in SKIPPED_FOLDERS

    def select(self, endings: tuple[str, ...], under: str = "") -> list[str]:
        return [path for path in self.files if path.endswith(endings) and path.startswith(under)]

    def code(self) -> list[str]:
        """Everything a person writes as a program, scripts without an ending included."""
        return [path for path in self.files if path.endswith(CODE) or path.startswith(("scripts/", ".ci/"))]

    @functools.cache
    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8", errors="replace")

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        return enumerate(self.text(path).splitlines(), start=1)

    def includes(self, path: str) -> Iterator[Include]:
        for number, line in enumerate(without_comments(self.text(path)).splitlines(), start=1):
            if match := INCLUDE.match(line):
                yield Include(number, match[1] or match[2], match[1] is not None)


LITERAL_OR_COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL)


def without_comments(text: str) -> str:
    """The same lines, with comments blanked."""
    return LITERAL_OR_COMMENT.sub(lambda m: "\n" * m[0].count("\n") if m[0][0] == "/" else m[0], text)


def without_comments_and_literals(text: str) -> str:
    """The same lines, with comments blanked and string and character literals emptied."""
    return LITERAL_OR_COMMENT.sub(
        lambda m: "\n" * m[0].count("\n") if m[0][0] == "/" else '""' + "\n" * m[0].count("\n"), text)
