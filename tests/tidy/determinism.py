"""core/ meets the world through ports only: no clock, thread, file, socket, environment or unseeded randomness."""

import re
from typing import Iterator

from source import CPP, Finding, Tree, without_comments_and_literals

HEADERS = {
    "thread": "core/ports/background.h", "future": "core/ports/background.h", "pthread.h": "core/ports/background.h",
    "random": "core/base/random.h", "ctime": "core/ports/clock.h", "time.h": "core/ports/clock.h",
    "sys/time.h": "core/ports/clock.h", "fstream": "core/ports/disk.h", "filesystem": "core/ports/disk.h",
    "fcntl.h": "core/ports/disk.h", "unistd.h": "core/ports/disk.h", "sys/stat.h": "core/ports/disk.h",
    "sys/socket.h": "core/ports/channel.h", "sys/mman.h": "core/ports/disk.h",
}
WORDS = [
    (r"\b(steady|system|high_resolution|utc)_clock\b", "a clock; ask core/ports/clock.h"),
    (r"\bclock_gettime\b|\bgettimeofday\b|\btime\s*\(\s*(nullptr|NULL|0)\s*\)", "a clock; ask core/ports/clock.h"),
    (r"\bstd::(jthread|thread|async)\b|\bpthread_create\b", "a thread; post to core/ports/background.h"),
    (r"\bsleep(_for|_until)?\s*\(|\b(u|nano)sleep\s*\(", "a pause; arm a timer"),
    (r"\brandom_device\b|\bmt19937|(?<![\w.:>])s?rand\s*\(|\bstd::s?rand\b", "randomness; use core/base/random.h"),
    (r"\b(secure_)?getenv\s*\(", "the environment; take an option"),
    (r"\bfopen\s*\(|\bstd::[io]?fstream\b", "a file; use core/ports/disk.h"),
]


def check(tree: Tree) -> Iterator[Finding]:
    for path in tree.select(CPP, under="core/"):
        for include in tree.includes(path):
            if not include.quoted and include.path in HEADERS:
                yield Finding(path, include.line, f"<{include.path}> in core/: use {HEADERS[include.path]}")
        for number, line in enumerate(without_comments_and_literals(tree.text(path)).splitlines(), start=1):
            for pattern, advice in WORDS:
                if match := re.search(pattern, line):
                    yield Finding(path, number, f"'{match[0]}' in core/ is {advice}")
