// Everything on the page that is words and numbers.
"use strict";

const verdicts = {
  "held": {mark: "✓", text: "held", tone: "good"},
  "expected-not-guaranteed": {mark: "○", text: "expected, not guaranteed", tone: "warn"},
  "broken": {mark: "✗", text: "broken", tone: "bad"},
  "invalid": {mark: "!", text: "invalid", tone: "warn"},
  "failed": {mark: "✗", text: "could not run", tone: "bad"},
};
const stamps = ["VALID", "SUSPECT", "INVALID"];
const tones = {VALID: "good", SUSPECT: "warn", INVALID: "bad"};
const stampNotes = {
  VALID: "all checks on the figures passed",
  SUSPECT: "some figures need care",
  INVALID: "some figures prove nothing",
};
const phaseNames = {"whole": "whole run", "before-fault": "before the fault", "recovery": "recovery", "after": "after"};

function verdictText(verdict) {
  const {mark, text, tone} = verdicts[verdict];
  return html`<span class="${tone}"><span class="mark" aria-hidden="true">${mark}</span>${text}</span>`;
}
const stampOf = (point) => stamps[Math.max(0, ...point.validity.map((c) => stamps.indexOf(c.verdict)))];
const stampPill = (point) =>
  stampOf(point) !== "VALID" && html`<span class="pill ${tones[stampOf(point)]}">figures ${stampOf(point)}</span>`;
const percent = (x) => `${threeDigits(x)} %`;
const perSecond = (point) => (point.measured_s > 0 ? point.counts.completed / point.measured_s : 0);
const pointName = (point) => html`${lineKey(point.style.color, point.style.dash)}${point.name}`;

function headerSection(run, derived) {
  const {code, environment} = run;
  const identity = {
    Run: run.run_id,
    Started: run.started.replace("T", " ").replace("Z", " UTC"),
    Took: `${threeDigits(run.duration_s)} s`,
    Seed: run.seed,
    Commit: code.commit.slice(0, 12) + (code.modified ? " with uncommitted changes" : ""),
    Build: `${code.version}, ${code.build_type}, ${code.compiler}`,
    Machine: `${environment.cpus} × ${environment.cpu_model}`,
  };
  const claim = (p) => {
    const {mark, text, tone} = verdicts[p.verdict.verdict];
    return html`<li><span class="mark ${tone}" role="img" aria-label="${text}">${mark}</span><b>${p.name}</b>
      <span>${p.verdict.sentence}</span>${stampPill(p)}</li>`;
  };
  const many = run.points.length > 12;
  const tries = run.rates.length > 0;  // Some of which had to fail.
  const folded = run.points.filter((p) => tries ? ["held", "invalid"].includes(p.verdict.verdict)
    : many && p.verdict.verdict === "held");
  const open = run.points.filter((p) => !folded.includes(p));
  const any = (verdict) => run.points.some((p) => p.verdict.verdict === verdict);
  const promise = any("broken")
    ? {tone: "bad", title: "GUARANTEE BROKEN", note: "see the points marked ✗"}
    : any("failed")
      ? {tone: "bad", title: "NOT ALL POINTS RAN", note: "see the points marked ✗"}
      : any("held") || any("expected-not-guaranteed")
        ? {tone: "good", title: "GUARANTEES HELD", note: "no stated promise was broken"}
        : {tone: "warn", title: "NOTHING PROVEN", note: "no point gives evidence"};
  const stamp = (tone, title, note) => html`<div class="stamp ${tone}">${title}<small>${note}</small></div>`;
  const markup = html`<section class="verdict" aria-label="Verdict"><div>
    <div class="stamps">${stamp(tones[derived.validity], derived.validity, stampNotes[derived.validity])}
      ${stamp(promise.tone, promise.title, promise.note)}</div>
    <p class="headline">${derived.headline}</p>
    ${derived.caution && html`<p class="caution">${derived.caution}</p>`}
    <div class="rerun"><span class="muted">Run it again</span>
      <pre><code>${run.rerun_command}</code><button class="no-print">Copy</button></pre></div></div>
    <dl class="identity">${Object.entries(identity).map(([k, v]) => html`<dt>${k}</dt><dd>${v}</dd>`)}</dl>
    <div class="all-claims"><ul class="claims">${open.map(claim)}</ul>
    ${folded.length > 0 && html`<details><summary>${folded.length} ${tries ? "tries" : "points that held"}</summary>
      <ul class="claims">${folded.map(claim)}</ul></details>`}</div></section>`;
  const copy = async (event) => {
    await navigator.clipboard.writeText(run.rerun_command);
    event.target.textContent = "Copied";
  };
  return element(markup, {button: {click: copy}});
}

// A percentile; in parentheses when fewer than ten records lie beyond it.
function percentileCell(latency, field, p) {
  if (!latency.count) return html`<td class="none">–</td>`;
  const trusted = (latency.count * (100 - p)) / 100 >= 10 - 1e-6;
  return html`<td><span class="${!trusted && "thin"}">${format.nanos(latency[field])}</span></td>`;
}

const damages = {
  missing: "lost", duplicate: "seen twice", out_of_order: "out of order", phantom: "never called for",
  contradictory: "with wrong content",
};

// "all 1,200 outputs exactly once", or what happened to them.
function outputsText({ledger, verdict}) {
  if (verdict.verdict === "failed") return verdict.sentence;
  const found = Object.entries(damages).filter(([field]) => ledger[field] > 0);
  if (!found.length) return html`all ${format.count(ledger.expected)} outputs exactly once`;
  const tone = verdict.verdict === "broken" ? "bad" : "warn";
  return html`<span class="${tone}">${found.map(([field, text], i) =>
    `${i ? ", " : ""}${format.count(ledger[field])} ${text}`)}</span> of ${format.count(ledger.expected)} outputs`;
}

// One point: a line that says what became of it, and below it a row of latencies for each phase.
function summaryRows(point) {
  const phases = point.latency.length > 1 ? point.latency.filter((l) => l.phase !== "whole") : point.latency;
  const offered = point.offered_rate > 0 ? ` of ${format.short(point.offered_rate)}` : "";
  const percentiles = {p50_ns: 50, p90_ns: 90, p99_ns: 99, p99_9_ns: 99.9};
  const cells = (latency, fields) => fields.map((f) => percentileCell(latency, f, percentiles[f]));
  const row = (phase) => html`<tr><th scope="row">${phaseNames[phase.phase]}${
      phase.phase === "recovery" && html` <small>${format.seconds(phase.end_s - phase.start_s)}</small>`}</th>
    ${cells(phase.response, Object.keys(percentiles))}
    <td>${phase.response.count ? format.nanos(phase.response.max_ns) : "–"}</td>
    ${cells(phase.service, ["p50_ns", "p99_ns", "p99_9_ns"])}</tr>`;
  const reason = point.verdict.verdict === "failed" ? "not measured" : "no latency: the load had no schedule";
  return html`<tbody class="${stampOf(point) !== "VALID" && "doubtful"}">
    <tr class="point"><th scope="rowgroup" colspan="9"><div>
      <b>${pointName(point)}</b><span>${verdictText(point.verdict.verdict)} ${stampPill(point)}</span>
      <span>${format.short(perSecond(point))}${offered} records/s</span>
      <span>${outputsText(point)}</span></div></th></tr>
    ${phases.length ? phases.map(row) : html`<tr><th scope="row">whole run</th>
      <td colspan="8" class="text none">${reason}</td></tr>`}</tbody>`;
}

function summarySection(run) {
  const columns = ["p50", "p90", "p99", "p99.9", "max", "p50", "p99", "p99.9"];
  const takeaway = `Response time counts from the instant a record was due, so waiting behind a stall is in it; service
    time from the instant it was sent. In parentheses: fewer than ten records lie beyond. On a narrow screen the service
    time stands to the right.`;
  return figure("summary", "Summary", takeaway, html`
    <div class="scroll" tabindex="0" role="region" aria-label="Summary table"><table class="summary">
      <caption>Latencies of every point by phase, under its verdict</caption><thead>
      <tr><th rowspan="2" class="text" scope="col">Phase</th>
        <th colspan="5" class="group" scope="colgroup">Response time</th>
        <th colspan="3" class="group" scope="colgroup">Service time</th></tr>
      <tr>${columns.map((c) => html`<th scope="col">${c}</th>`)}</tr></thead>
      ${run.points.map(summaryRows)}</table></div>`);
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

function snapshotSection(run) {
  const points = run.points.filter((p) => p.snapshots.length);
  if (!points.length) return null;
  const done = (p) => p.snapshots.filter((s) => s.status === "completed");
  const lost = (p) => p.snapshots.length - done(p).length;
  const middle = (p, of, text) => (done(p).length ? text(median(done(p).map(of))) : "–");
  const longest = (p, of, text) => (done(p).length ? text(done(p).map(of).reduce((a, b) => Math.max(a, b))) : "–");
  const took = (s) => s.end_s - s.start_s;
  const micros = (us) => format.nanos(us * 1000);
  const row = (p) => [pointName(p), format.count(done(p).length),
    html`<span class="${lost(p) > 0 ? "warn" : "none"}">${format.count(lost(p))}</span>`,
    middle(p, took, format.seconds), longest(p, took, format.seconds), middle(p, (s) => s.bytes, format.bytes),
    middle(p, (s) => s.sync_us, micros), longest(p, (s) => s.sync_us, micros)];
  const each = ["<Point", "<Snapshot", "begun, s", "took", "size", "stall", "<Status", "<Why"];
  const all = () => dataTable("All snapshots", each,
    points.flatMap((p) => p.snapshots.map((s) => [p.name, s.id, s.start_s.toFixed(3), format.seconds(took(s)),
      format.bytes(s.bytes), micros(s.sync_us), s.status, s.detail])));
  const takeaway = `Begun every interval and complete when the manifest is durable; with held egress that is when output
    becomes visible. The stall is how long the slowest worker stood still at its cut.`;
  const columns = ["<Point", "Completed", "Not completed", "Time, median", "Time, longest", "Size, median",
    "Stall, median", "Stall, longest"];
  return figure("snapshots", "Snapshots", takeaway, html`${dataTable("Snapshots", columns, points.map(row))}
    ${showData("Show every snapshot", all)}`);
}

const recoverySteps = [
  {field: "detected_s", step: "detect", done: "detected", color: "c6"},
  {field: "restarted_s", step: "restart process", done: "restarted", color: "c0"},
  {field: "restored_s", step: "restore state", done: "restored", color: "c4"},
  {field: "first_unit_s", step: "first unit", done: "first unit", color: "c3"},
  {field: "first_output_s", step: "first output", done: "first output", color: "c1"},
  {field: "caught_up_s", step: "catch up", done: "caught up", color: "c2"},
];

// One bar: how long each step took after the one before it.
function recoveryBar(recovery, longest) {
  let last = 0;
  return html`<div class="bar" aria-hidden="true">${recoverySteps.map(({field, step, color}) => {
    if (recovery[field] == null) return null;
    const took = Math.max(0, recovery[field] - last);
    last = Math.max(last, recovery[field]);
    return html`<span title="${step}: ${format.seconds(took)}"
      style="width:${(100 * took) / longest}%;background-color:var(--${color})"></span>`;
  })}</div>`;
}

function recoverySection(run) {
  const rows = run.points.flatMap((point) => point.recovery.map((recovery) => ({point, recovery})));
  if (!rows.length) return null;
  const longest = Math.max(1e-3, ...rows.flatMap(({recovery}) => recoverySteps.map(({field}) => recovery[field] || 0)));
  const outputs = rows.map(({recovery}) => recovery.first_output_s).filter((s) => s != null);
  const [soonest, latest] = [Math.min(...outputs), Math.max(...outputs)].map(format.seconds);
  const takeaway = outputs.length
    ? `New output was seen ${soonest === latest ? "" : `${soonest} to `}${latest} after the fault. ` +
      `Bars share one scale, 0 to ${format.seconds(longest)}; numbers count from the fault.`
    : "No new output was seen after the fault.";
  return figure("recovery", "Recovery, step by step", takeaway, html`
    <ul class="legend">${recoverySteps.map(({step, color}) =>
      html`<li class="steps"><i style="background-color:var(--${color})"></i>${step}</li>`)}</ul>
    <div class="scroll" tabindex="0" role="region" aria-label="Recovery table"><table><thead><tr>
      <th class="text" scope="col">Point</th><th class="text" scope="col">Fault</th>
      <th class="text" scope="col">Time after the fault</th>
      ${recoverySteps.map(({done}) => html`<th scope="col">${done}</th>`)}<th scope="col">replayed</th></tr></thead>
    <tbody>${rows.map(({point, recovery}) => html`<tr><th scope="row">${pointName(point)}</th>
      <td class="text">${recovery.fault_id}</td><td class="bars">${recoveryBar(recovery, longest)}</td>
      ${recoverySteps.map(({field}) => html`<td>${format.seconds(recovery[field])}</td>`)}
      <td>${format.count(recovery.replayed_records)}</td></tr>`)}</tbody></table></div>`);
}

function ledgerSection(run) {
  const fields = ["missing", "duplicate", "out_of_order", "phantom", "contradictory"];
  const damaged = run.points.filter((p) => fields.some((f) => p.ledger[f] > 0)).length;
  const number = (n) => html`<span class="${n > 0 ? "warn" : "none"}">${format.count(n)}</span>`;
  const promise = (g) =>
    g.exactly_once_egress
      ? "exactly once"
      : [g.may_lose && "may lose", g.may_duplicate && "may repeat"].filter(Boolean).join(", ") || "none stated";
  const columns = ["<Point", "Expected", "Seen", "Missing", "Duplicate", "Out of order", "Phantom", "Contradictory",
    "<Verdict", "<Promise"];
  const row = ({ledger, verdict, guarantee, ...point}) => [pointName(point), format.count(ledger.expected),
    format.count(ledger.seen), ...fields.map((f) => number(ledger[f])), verdictText(verdict.verdict),
    html`<span title="${guarantee.sentence}">${promise(guarantee)}</span>`];
  const takeaway = damaged
    ? `${damaged} of ${run.points.length} points show damage; the verdict compares it with what was promised.`
    : "Every output the input calls for was seen exactly once at every point.";
  const oracles = () => dataTable("Oracles", ["<Point", "<Oracle", "<Verdict", "<Finding"],
    run.points.flatMap((p) => p.checks.map((c) => [p.name, c.name, verdictText(c.verdict), c.detail])));
  return figure("ledger", "Exactly-once ledger", takeaway, html`
    ${dataTable("Exactly-once ledger", columns, run.points.map(row))}
    ${showData("Show every oracle's finding", oracles)}`);
}

function trustSection(run) {
  const checks = [...new Set(run.points.flatMap((p) => p.validity.map((c) => c.check)))];
  const number = (x) => +x.toPrecision(3);
  const cell = (point, name) => {
    const c = point.validity.find((v) => v.check === name);
    if (!c) return "–";
    const note = `${c.detail} (limit ${number(c.limit)} ${c.unit})`;
    const value = `${number(c.value)} ${c.unit}`;
    return c.verdict === "VALID"
      ? html`<span title="${note}">${value}</span>`
      : html`<span class="${tones[c.verdict]}" title="${note}">! ${value}</span>`;
  };
  const columns = ["<Point", "<Stamp", ...checks, "CPU time", "Units per CPU s", "Peak memory", "Written", "Crossing",
    "CPU pressure"];
  const row = (p) => [pointName(p), html`<span class="${tones[stampOf(p)]}">${stampOf(p)}</span>`,
    ...checks.map((name) => cell(p, name)), `${threeDigits(p.cost.cpu_seconds)} s`,
    p.cost.cpu_seconds > 0 ? format.short(p.counts.units / p.cost.cpu_seconds) : "–",
    format.bytes(p.cost.peak_rss_bytes), format.bytes(p.cost.written_bytes),
    p.counts.messages > 0 ? percent((100 * p.counts.messages_crossing_workers) / p.counts.messages) : "–",
    percent(p.host.cpu_pressure_percent)];
  const takeaway = `Each check compares a value with a limit; the worst gives the stamp. CPU time is that of the
    system's own process; crossing is the share of messages that went to another worker.`;
  return figure("trust", "Can the figures be trusted, and what did they cost?", takeaway,
    dataTable("Validity and cost", columns, run.points.map(row)));
}

function environmentSection({environment: e, code}) {
  const pressure = [e.cpu_pressure_percent, e.io_pressure_percent, e.memory_pressure_percent].map(percent).join(", ");
  const items = {
    "Processor": e.cpu_model,
    "Processors online": `${e.cpus}, ${e.threads_per_core} per core`,
    "Caches": e.caches,
    "Affinity": e.affinity,
    "Memory": format.bytes(e.memory_bytes),
    "Swap": e.swap_bytes ? format.bytes(e.swap_bytes) : "none",
    "System": e.os,
    "Kernel": e.kernel,
    "Hypervisor": e.hypervisor,
    "CPU quota": e.cgroup_cpus == null ? "unlimited" : `${e.cgroup_cpus} processors`,
    "Memory limit": e.cgroup_memory_bytes == null ? "unlimited" : format.bytes(e.cgroup_memory_bytes),
    "Frequency governor": e.governor,
    "Transparent huge pages": e.transparent_huge_pages,
    "Address randomisation": e.aslr,
    "Clock source": e.clocksource,
    "Filesystem": e.filesystem,
    "Disk": e.disk,
    "Load average at start": threeDigits(e.load_average),
    "Steal since boot": percent(e.steal_percent),
    "Pressure: CPU, disk, memory": pressure,
    "Compiler": code.compiler,
    "Build type": code.build_type,
  };
  return figure("environment", "Environment", "Compare figures only with figures from a machine like this one.",
    html`<dl class="card">${Object.entries(items).map(([k, v]) => html`<div><dt>${k}</dt><dd>${v}</dd></div>`)}</dl>`);
}

function configurationSection(run) {
  const keys = [...new Set(run.points.flatMap((p) => Object.keys(p.configuration)))];
  const differs = (k) => new Set(run.points.map((p) => p.configuration[k])).size > 1;
  const own = keys.filter(differs), common = keys.filter((k) => !differs(k));
  const row = (p) => [p.name, ...own.map((k) => p.configuration[k] ?? "–")];
  const ownTable = () => html`<h3>Options that differ between points</h3>
    ${dataTable("Options that differ", ["<Point", ...own.map((k) => `<${k}`)], run.points.map(row))}`;
  const commonTable = () =>
    dataTable("Common options", ["<Option", "<Value"], common.map((k) => [k, run.points[0].configuration[k]]));
  const files = run.points.flatMap((p) => Object.entries(p.artifacts).map(([what, file]) => [p.name, what, file]));
  const fileTable = () => dataTable("Files", ["<Point", "<What", "<File in the run's folder"], files);
  return figure("configuration", "Configuration", null, html`<h3>Suite</h3><pre tabindex="0">${run.config_text}</pre>
    ${own.length > 0 && ownTable()}
    ${common.length > 0 && showData(`Show the ${common.length} options that are the same everywhere`, commonTable)}
    ${files.length > 0 && showData("Show the files beside this page: response times, and faults as drawn, to replay",
      fileTable)}`);
}
