"""Small files, short functions, lines that fit: what can be read at a sitting."""

import re
from typing import Iterator, NamedTuple

from source import CPP, Finding, Tree, without_comments_and_literals

HEADER_LINES = 300
SOURCE_LINES = 400
FUNCTION_LINES = 70
LINE_WIDTH = 120


def check(tree: Tree) -> Iterator[Finding]:
    for path in tree.code():
        count = 0
        for count, line in tree.lines(path):
            if len(line) > LINE_WIDTH:
                yield Finding(path, count, f"{len(line)} columns; the limit is {LINE_WIDTH}")
        limit = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
        if count > limit:
            yield Finding(path, count, f"{count} lines; the limit is {limit}: split it by what its parts are for")
        if path.endswith(CPP):
            for function in long_functions(tree.text(path)):
                yield Finding(path, function.line,
                              f"a function of {function.lines} lines; the limit is {FUNCTION_LINES}")


class Function(NamedTuple):
    line: int
    lines: int


PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
LABEL = re.compile(r"^\s*(public|private|protected)\s*:(?!:)")
CONTAINER = re.compile(r"^\s*(?:template\s*<[^{}]*>\s*)?(?:inline\s+)?(namespace|class|struct|union|enum|extern)\b")


def long_functions(text: str) -> Iterator[Function]:
    return (f for f in functions(text) if f.lines > FUNCTION_LINES)


def functions(text: str) -> Iterator[Function]:
    """Every function of a clang-formatted source, by its braces. A lambda counts within its function."""
    text = PREPROCESSOR.sub(lambda m: "\n" * m[0].count("\n"), without_comments_and_literals(text))
    head_start, depth_of_function, depth, outer_heads, line = 0, None, 0, [], 1
    first_line = 0
    for at, char in enumerate(text):
        if char == "\n":
            line += 1
        elif char == "{":
            head = LABEL.sub("", text[head_start:at])
            if depth_of_function is None and opens_function(head):
                depth_of_function = depth
                first_line = line - head.lstrip().count("\n")
            outer_heads.append(head_start if is_initializer(head) else None)
            depth += 1
            head_start = at + 1
        elif char == "}" and outer_heads:
            depth -= 1
            outer_head = outer_heads.pop()
            head_start = at + 1 if outer_head is None else outer_head
            if depth_of_function == depth:
                depth_of_function = None
                yield Function(first_line, line - first_line + 1)
        elif char == ";":
            head_start = at + 1


def is_initializer(head: str) -> bool:
    return not head[-1:].isspace() or head.rstrip().endswith(("=", ",", "(", "return"))


def opens_function(head: str) -> bool:
    return "(" in head and not is_initializer(head) and not CONTAINER.match(head)
