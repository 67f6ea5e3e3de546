#!/usr/bin/env python3
"""Runs one check over a source tree: `tidy.py layers --root .`. Prints the findings; exits 1 when there are any."""

import argparse
import sys

import budgets
import determinism
import docs
import headers
import layers
import mutants
import words
from source import Tree

CHECKS = {
    "budgets": budgets.check,
    "determinism": determinism.check,
    "docs": docs.check,
    "layers": layers.check,
    "mutants": mutants.check,
    "words": words.check,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("check", choices=sorted([*CHECKS, "headers"]))
    parser.add_argument("--root", default=".", help="the tree to check")
    parser.add_argument("--build", help="for headers: a configured build folder, for its compile commands")
    parser.add_argument("--jobs", type=int, default=2, help="for headers: compilers at once")
    args = parser.parse_args()
    tree = Tree(args.root)
    if args.check == "headers":
        if not args.build:
            parser.error("headers needs --build, a configured build folder")
        findings = headers.check(tree, args.build, args.jobs)
    else:
        findings = CHECKS[args.check](tree)
    count = 0
    for finding in findings:
        print(finding)
        count += 1
    print(f"{args.check}: {count or 'no'} finding{'' if count == 1 else 's'}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
