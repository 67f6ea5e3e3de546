"""Every planted bug has a row in core/base/mutants.h, as many sites as the row says, and a line in docs/mutants.md."""

import re
from typing import Iterator

from source import CPP, Finding, Tree, without_comments

TABLE, PAGE = "core/base/mutants.h", "docs/mutants.md"
ROW = re.compile(r'^    \{"([a-z0-9-]+)",\s*"[^"]*",\s*\w+,\s*[\w:]+(?:,\s*(\d+))?\},', re.MULTILINE)
SITE = re.compile(r'HOLDFAST_MUTANT\(\s*"([^"]*)"')


def check(tree: Tree) -> Iterator[Finding]:
    if TABLE not in tree.files:
        return
    rows, table = {}, tree.text(TABLE)
    for match in ROW.finditer(table):
        line = table.count("\n", 0, match.start()) + 1
        if match[1] in rows:
            yield Finding(TABLE, line, f"mutant {match[1]} has two rows")
        rows[match[1]] = (line, int(match[2] or 1))
    sites = list(sites_of(tree))
    for path, line, name in sites:
        if name not in rows:
            yield Finding(path, line, f"mutant {name} has no row in {TABLE}")
    names = [name for _, _, name in sites]
    page = tree.text(PAGE) if PAGE in tree.files else ""
    for name, (line, expected) in rows.items():
        if names.count(name) != expected:
            yield Finding(TABLE, line, f"mutant {name} has {names.count(name)} sites; its row says {expected}")
        if f"`{name}`" not in page:
            yield Finding(TABLE, line, f"mutant {name} is not in {PAGE}: run scripts/mutants")


def sites_of(tree: Tree) -> Iterator[tuple[str, int, str]]:
    for path in tree.select(CPP):
        if path.startswith(("tests/", "core/base/mutation.h")):
            continue
        text = without_comments(tree.text(path))
        for match in SITE.finditer(text):
            yield path, text.count("\n", 0, match.start()) + 1, match[1]
