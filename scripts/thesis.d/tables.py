"""The tables of the page, in Markdown."""

from record import SYSTEMS, Record, system


def table(head: list[str], rows: list[list[str]]) -> str:
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(head), "| --- |" + " --: |" * (len(head) - 1), *map(line, rows)])


def by_system(record: Record, cell) -> str:
    """One row a system, one column a workload; `cell` makes a text of a workload and a system's key."""
    workloads = record.workloads()
    rows = [[name, *(cell(workload, key) for workload in workloads)] for key, name in SYSTEMS.items()]
    return table(["", *workloads], rows)


def ledger(point: dict | None) -> str:
    if point is None:
        return "-"
    if point["verdict"]["verdict"] == "invalid":
        return "hit nothing"
    wrong = {"lost": "missing", "twice": "duplicate", "contradictory": "contradictory", "phantom": "phantom",
             "out of order": "out_of_order"}
    found = [f"{point['ledger'][field]} {word}" for word, field in wrong.items() if point["ledger"][field]]
    return "**" + ", ".join(found) + "**" if found else "exact"


def whole(point: dict) -> dict:
    return next(phase for phase in point["latency"] if phase["phase"] == "whole")["response"]


def marked(text: str, point: dict) -> str:
    """Figures of a point whose own checks call them invalid carry a mark; `invalid` explains it."""
    return text + (" (!)" if bad_checks(point) else "")


def bad_checks(point: dict) -> list[dict]:
    return [check for check in point["validity"] if check["verdict"] == "INVALID"]


def invalid(record: Record) -> str:
    found = [f"{point['axes']['workload']}, {SYSTEMS[system(point['name'])]}, {point['axes']['fault']}: "
             f"{check['detail']} ({check['value']:.3g} {check['unit']}, limit {check['limit']:.3g})".replace(" ,", ",")
             for point in record.run["points"] for check in bad_checks(point)]
    return "(!) Checks of the run call these figures invalid: " + "; ".join(found) + "." if found else ""


def latency(point: dict | None) -> str:
    if point is None:
        return "-"
    return marked(f"{whole(point)['p50_ns'] / 1e6:.1f} / {whole(point)['p90_ns'] / 1e6:.1f}", point)


def cpu(point: dict | None) -> str:
    """Of the whole run, which began with the warm-up."""
    if point is None:
        return "-"
    return marked(f"{1e3 * point['cost']['cpu_seconds'] / point['counts']['sent']:.2f}", point)


def rate(found: dict | None) -> str:
    if found is None or found["sustained"] is None:
        return "-"
    return f"{found['sustained']:,.0f}"


def caption(record: Record) -> str:
    run, machine = record.run, record.run["environment"]
    offered = sorted(point["counts"]["offered"] for point in run["points"])
    expected = sum(point["ledger"]["expected"] for point in run["points"])
    commit = run["code"]["commit"][:7] + ("+" if run["code"]["modified"] else "")
    return (f"Commit {commit}, {run['started'][:10]}, seed {run['seed']}. n = {len(run['points'])} points, one run "
            f"each of {run['points'][0]['measured_s']:.0f} s with {offered[0]:,} to {offered[-1]:,} records; "
            f"{expected:,} outputs judged. {machine['cpu_model']}, {machine['cpus']} CPUs, {machine['os']}, "
            f"{machine['filesystem'].split()[0]}, virtual machine. Times are of one machine and one run: read rows "
            "against each other, not the figures alone.")


def page(run: Record, rates: Record | None) -> str:
    parts = [caption(run)]
    for title, fault in (("Four kills of every process, or of all services, at instants drawn from the seed", "storm"),
                         ("What keeps the state stands still for a second", "state-outage")):
        parts.append(f"**{title}**: outputs that were wrong.")
        parts.append(by_system(run, lambda workload, key: ledger(run.point(workload, key, fault))))
    parts.append("**Calm**: response time, median / 90th percentile, in ms.")
    parts.append(by_system(run, lambda workload, key: latency(run.point(workload, key, "none"))))
    parts.append("**Calm**: CPU of the system under test per record, in ms; databases are counted in.")
    parts.append(by_system(run, lambda workload, key: cpu(run.point(workload, key, "none"))))
    parts += filter(None, [invalid(run)])
    if rates is not None:
        parts.append(f"**Highest rate** that is sustained, in records/s: all output made, 99th percentile under "
                     f"{rates.run['rates'][0]['p99_bound_ns'] / 1e6:.0f} ms, backlog bounded.")
        parts.append(by_system(rates, lambda workload, key: rate(rates.rate(workload, key))))
    return "\n\n".join(parts)
