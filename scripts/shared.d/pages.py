"""Tables that scripts measure and put into a page of the documentation, and the commit they were measured at."""

import subprocess
from pathlib import Path

END = "<!-- end of figures -->"


def between_marks(page: str, content: str, begin: str) -> str:
    """`page` with `content` in the place that is kept for it, from the line `begin` to the line END."""
    before, found, rest = page.partition(begin)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise ValueError(f"the page has no place for the table: it needs the lines '{begin}' and '{END}'")
    return f"{before}{begin}\n\n{content}\n\n{END}{after}"


def commit(root: Path) -> str:
    """Short, with a + if sources were changed since."""
    git = lambda *words: subprocess.run(["git", *words], cwd=root, capture_output=True, text=True).stdout.strip()
    return (git("rev-parse", "--short", "HEAD") or "unknown") + ("+" if git("status", "--porcelain", "-uno") else "")
