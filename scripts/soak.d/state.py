"""What a soak has done so far, kept in a file after every step, so that an interruption loses little."""

import json
from pathlib import Path

EMPTY = {"simulated": {"runs": 0, "virtual_s": 0.0, "kills": 0.0, "broken": 0},
         "killed": {"runs": 0, "hits": 0, "in_recovery": 0, "outputs": 0, "broken": 0, "nothing": 0}}


class State:
    """Counts of one commit; those of another are put aside, for a sum over several programs says nothing of any."""

    def __init__(self, folder: Path, commit: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.file = folder, folder / "state.json"
        self.counts = {"commit": commit}
        if not self.file.exists():
            return
        kept = json.loads(self.file.read_text())
        if kept["commit"] == commit:
            self.counts = kept
        else:
            self.file.rename(folder / f"state-{kept['commit']}.json")

    def of(self, kind: str, protocol: str) -> dict:
        return {**EMPTY[kind], **self.counts.get(f"{kind} {protocol}", {})}

    def add(self, kind: str, protocol: str, more: dict) -> None:
        sums = self.of(kind, protocol)
        self.counts[f"{kind} {protocol}"] = {name: sums[name] + more[name] for name in sums}
        fresh = self.file.with_suffix(".new")
        fresh.write_text(json.dumps(self.counts, indent=1) + "\n")
        fresh.replace(self.file)
