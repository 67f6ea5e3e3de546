"""Every page of docs/ can be reached from docs/README.md, every relative link leads somewhere, and every package that
scripts/install-deps installs has its reason in docs/dependencies.md."""

import posixpath
import re
from typing import Iterator

from source import Finding, Tree

INDEX = "docs/README.md"
LINK = re.compile(r"\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|(?:href|src)=\"([^\"]+)\"")
FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^#+\s+(.*?)\s*#*$")


def check(tree: Tree) -> Iterator[Finding]:
    links = {page: list(links_of(tree, page)) for page in tree.select((".md",))}
    for page, targets in links.items():
        for line, target, anchor in targets:
            if not (tree.root / target).exists():
                yield Finding(page, line, f"links to {target}, which does not exist")
            elif anchor and target.endswith(".md") and anchor not in anchors(tree, target):
                yield Finding(page, line, f"links to {target}#{anchor}, but that page has no such heading")
    reached = reachable(links)
    for page in tree.select((".md",), under="docs/"):
        if page not in reached:
            yield Finding(page, 1, f"cannot be reached from {INDEX}: link it there or from a page it links")
    yield from dependencies(tree)


def prose(tree: Tree, page: str) -> Iterator[tuple[int, str]]:
    fenced = False
    for number, line in tree.lines(page):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            yield number, line


def links_of(tree: Tree, page: str) -> Iterator[tuple[int, str, str]]:
    for number, line in prose(tree, page):
        for match in LINK.finditer(re.sub(r"`[^`]*`", "", line)):
            target, _, anchor = (match[1] or match[2]).partition("#")
            if not re.match(r"[a-z][a-z0-9+.-]*:", target):
                here = posixpath.dirname(page)
                yield number, posixpath.normpath(posixpath.join(here, target)) if target else page, anchor


def anchors(tree: Tree, page: str) -> set[str]:
    titles = [m[1] for _, line in prose(tree, page) if (m := HEADING.match(line))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def reachable(links: dict) -> set[str]:
    reached, waiting = set(), [INDEX]
    while waiting:
        page = waiting.pop()
        if page in links and page not in reached:
            reached.add(page)
            waiting += [target for _, target, _ in links[page]]
    return reached


def dependencies(tree: Tree) -> Iterator[Finding]:
    script, page = "scripts/install-deps", "docs/dependencies.md"
    if script not in tree.files or page not in tree.files:
        return
    for number, line in tree.lines(script):
        if match := re.match(r"\w*packages\+?=\((.*)\)", line):
            for package in match[1].split():
                if f"`{package}`" not in tree.text(page):
                    yield Finding(script, number, f"package {package} has no line in {page}: say what it is for")
