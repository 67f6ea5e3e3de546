// The percentile spectrum: latency over 1 / (1 - p) on a log scale, one line per point of the run.
"use strict";

const metrics = {response: "response time", service: "service time", schedule_lag: "schedule lag"};
const mostShownAtFirst = 16;

// `lines` = [{name, color, dash, values, count}] with values on the shared grid.
function spectrumChart(host, lines, log, what) {
  const x = derived.grid.slice(0, Math.max(2, ...lines.map((l) => l.values.length)));
  const end = x[x.length - 1];
  const all = lines.flatMap((l) => l.values);
  const range = log ? logRange(all) : [0, Math.max(1, ...all) * 1.05];
  const gutter = host.clientWidth > 640 ? 192 : 14;
  // Beyond n / 10 a percentile rests on fewer than ten records: that part of a line is thin and faint.
  const turn = (l) => x.findLastIndex((g) => g <= l.count / 10);
  const solid = (l) => x.map((_, i) => (i <= turn(l) ? l.values[i] : null));
  const faint = (l) => x.map((_, i) => (i >= turn(l) ? l.values[i] : null));
  const tip = element(html`<div class="tip"></div>`);
  const showTip = (u) => {
    const i = u.cursor.idx;
    tip.style.display = i == null || u.cursor.left < 0 ? "none" : "block";
    if (i == null) return;
    const rows = lines.filter((l) => l.values[i] != null).sort((a, b) => b.values[i] - a.values[i]);
    const row = (l) => html`<div>${lineKey(l.color, l.dash)}${l.name}
      <b class="${x[i] > l.count / 10 && "thin"}">${format.nanos(l.values[i])}</b></div>`;
    tip.innerHTML = html`<strong>${format.percentile(x[i])}</strong>${rows.map(row)}`.text;
    const from = u.over.offsetLeft + u.cursor.left;
    const right = u.cursor.left > u.over.clientWidth / 2;
    tip.style.left = right ? "" : `${from + 14}px`;
    tip.style.right = right ? `${host.clientWidth - from + 14}px` : "";
  };
  const ticks = [1, 2, ...decadesWithin(10, end)];
  // Names a tick only where it stands clear of the one before.
  const names = (u, splits) => {
    let free = -Infinity;
    return splits.map((t) => {
      const at = u.valToPos(t, "x");
      if (at < free) return "";
      free = at + 46;
      return format.percentile(t);
    });
  };
  const percentiles = {splits: () => ticks, filter: (u, splits) => splits, values: names};
  const latencies = log
    ? {splits: () => decadesWithin(...range), values: (u, s) => s.map(format.nanosTick)}
    : {values: (u, s) => s.map(format.nanos)};
  const chart = makeChart(host, {
    height: 400,
    padding: [12, gutter, 0, 4],
    cursor: {drag: {x: false, y: false}, points: {show: false}},
    scales: {x: {time: false, distr: 3, range: () => [1, end]}, y: {distr: log ? 3 : 1, range: () => range}},
    axes: [axis({...percentiles, label: "percentile, log scale of 1 / (1 − p)", labelSize: 22, size: 30}),
      axis({...latencies, scale: "y", size: 60, label: log ? `${what}, log scale` : what, labelSize: 20})],
    series: [{}, ...lines.flatMap((l) => [line({...l, width: 1.25}, false, "80"), line(l, gutter > 100)])],
    hooks: {draw: [(u) => labelEnds(u, gutter)], setCursor: [showTip]},
  }, [x, ...lines.flatMap((l) => [faint(l), solid(l)])]);
  host.append(tip);
  return chart;
}

// A row of buttons of which one is pressed.
function choices(name, options, chosen, onChoose) {
  const row = element(html`<div class="choices" role="group" aria-label="${name}"><span class="muted">${name}</span>
    ${Object.entries(options).map(([value, text]) =>
      html`<button value="${value}" aria-pressed="${value === chosen}">${text}</button>`)}</div>`);
  row.addEventListener("click", ({target}) => {
    if (target.tagName !== "BUTTON") return;
    row.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", b === target));
    onChoose(target.value);
  });
  return row;
}

function latencyTable() {
  const fields = {min: "min_ns", mean: "mean_ns", p50: "p50_ns", p90: "p90_ns", p99: "p99_ns", "p99.9": "p99_9_ns",
    "p99.99": "p99_99_ns", max: "max_ns"};
  const row = (point, phase, metric) => [point.name, phaseNames[phase.phase], metrics[metric],
    format.count(phase[metric].count),
    ...Object.values(fields).map((f) => (phase[metric].count ? format.nanos(phase[metric][f]) : "–"))];
  return dataTable("All latencies", ["<Point", "<Phase", "<Latency", "Records", ...Object.keys(fields)],
    run.points.flatMap((p) => p.latency.flatMap((l) => Object.keys(metrics).map((m) => row(p, l, m)))));
}

// Returns {element, draw}; draw needs the element to be in the page.
function spectrumSection() {
  const has = (phase) => run.points.some((p) => p.latency.some((l) => l.phase === phase));
  const phases = Object.fromEntries(Object.entries(phaseNames).filter(([phase]) => has(phase)));
  if (!Object.keys(phases).length) return null;
  const chosen = {metric: "response", phase: "whole", scale: "log"};
  const hidden = new Set(run.points.slice(mostShownAtFirst));
  const host = element(html`<div class="plot spectrum" role="img"></div>`);
  const takeaway = element(html`<p class="takeaway"></p>`);
  const chips = element(html`<div class="chips" role="group" aria-label="Points shown">${run.points.map((p, i) =>
    html`<button value="${i}">${pointName(p)}</button>`)}</div>`);
  const lineOf = (point, i) => {
    const summary = point.latency.find((l) => l.phase === chosen.phase)?.[chosen.metric];
    const values = derived.spectra[i][chosen.phase]?.[chosen.metric] ?? [];
    return {point, name: point.name, ...point.style, values, count: summary?.count ?? 0, p99: summary?.p99_ns};
  };
  let chart = null;
  const draw = () => {
    const all = run.points.map(lineOf);
    const lines = all.filter((l) => l.values.length && !hidden.has(l.point));
    const [first, ...rest] = [...lines].sort((a, b) => a.p99 - b.p99);
    const last = rest.pop();
    const p99 = (l) => `${format.nanos(l.p99)} (${l.name})`;
    const text = first
      ? `p99 of the ${metrics[chosen.metric]}, ${phases[chosen.phase]}: ${p99(first)}${last ? ` to ${p99(last)}` : ""}.`
      : "None of the chosen points was measured here.";
    takeaway.textContent = `${text} Faint ends rest on fewer than ten records.`;
    host.setAttribute("aria-label", `Percentile spectrum. ${text}`);
    chips.querySelectorAll("button").forEach((b, i) => {
      b.setAttribute("aria-pressed", !hidden.has(all[i].point));
      b.disabled = !all[i].values.length;
    });
    if (chart) dropChart(chart);
    host.replaceChildren();
    chart = lines.length ? spectrumChart(host, lines, chosen.scale === "log", metrics[chosen.metric]) : null;
  };
  chips.addEventListener("click", ({target}) => {
    const button = target.closest("button");
    if (!button) return;
    const point = run.points[button.value];
    if (!hidden.delete(point)) hidden.add(point);
    draw();
  });
  const choose = (name, field, options) => choices(name, options, chosen[field], (value) => {
    chosen[field] = value;
    draw();
  });
  return {draw, element: figure("spectrum", "Percentile spectrum", null, html`${takeaway}<div class="controls">
    ${choose("Latency", "metric", {response: "response", service: "service", schedule_lag: "schedule lag"})}
    ${Object.keys(phases).length > 1 && choose("Phase", "phase", phases)}
    ${choose("Scale", "scale", {log: "log", linear: "linear"})}</div>
    ${host}${chips}${showData("Show data", latencyTable)}`)};
}
