// The course of each point: rate, latency, backlog, CPU and memory over the same time axis, with what the faults did.
"use strict";

// What lies behind the curves of a timeline: no output (hatched) and catching up (tinted) after each fault.
function drawBands(u, spans) {
  const {ctx, bbox: {left, top, width, height}} = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  for (const span of spans) {
    const [a, b, c] = [span.from, span.output, span.end].map((t) => u.valToPos(t, "x", true));
    ctx.fillStyle = color("catch-up");
    ctx.fillRect(b, top, c - b, height);
    ctx.fillStyle = color("outage");
    ctx.fillRect(a, top, b - a, height);
    ctx.save();
    ctx.beginPath();
    ctx.rect(a, top, b - a, height);
    ctx.clip();
    ctx.strokeStyle = color("hatch");
    ctx.lineWidth = 1.5 * ratio;
    ctx.beginPath();
    for (let x = a - height; x < b; x += 7 * ratio) {
      ctx.moveTo(x, top + height);
      ctx.lineTo(x + height, top);
    }
    ctx.stroke();
    ctx.restore();
    ctx.fillStyle = color("bad");
    ctx.fillRect(a - ratio / 2, top, 1.5 * ratio, height);
  }
  ctx.restore();
}

// Words above the first panel where they fit: the fault and the steps of the recovery.
function drawMarks(u, marks) {
  const {ctx, bbox: {left, top, width}} = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = font(11.5);
  ctx.textBaseline = "alphabetic";
  ctx.textAlign = "left";
  let free = -Infinity;
  for (const mark of marks) {
    const x = u.valToPos(mark.t, "x", true);
    if (x < left - 1 || x > left + width || x - 3 * ratio < free) continue;
    ctx.fillStyle = color(mark.color);
    ctx.fillText(mark.text, x + 4 * ratio, top - 4 * ratio);
    ctx.fillRect(x - ratio / 2, top - 12 * ratio, 1.5 * ratio, 12 * ratio);
    free = x + ctx.measureText(mark.text).width + 12 * ratio;
  }
  ctx.restore();
}

// Snapshots at the foot of the latency panel: a filled triangle where one completed, a hollow one where it did not.
function drawSnapshots(u, snapshots) {
  const {ctx, bbox: {left, top, width, height}} = u;
  const r = 3.6 * devicePixelRatio;
  const y = top + height;
  ctx.save();
  for (const s of snapshots) {
    const x = u.valToPos(s.end_s, "x", true);
    const done = s.status === "completed";
    if (x < left || x > left + width) continue;
    ctx.beginPath();
    ctx.moveTo(x - r, y);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y - 1.9 * r);
    ctx.closePath();
    ctx.fillStyle = color(done ? "muted" : "card");
    ctx.strokeStyle = color(done ? "muted" : "bad");
    ctx.lineWidth = r / 3;
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

// Zooming one timeline zooms all; those drawn later join in.
const timelines = new Set();
let zoom = null;
function zoomTogether(u, key) {
  const {min, max} = u.scales.x;
  if (key !== "x" || (zoom && zoom[0] === min && zoom[1] === max)) return;
  zoom = [min, max];
  timelines.forEach((other) => other !== u && other.setScale("x", {min, max}));
}

// A range function for the time axis: the chosen stretch, or all of `span` when that covers the data.
function timeRange(span, x) {
  let fresh = true;
  return (u, min, max) => {
    const all = min <= x[0] && max >= x.at(-1);
    const range = fresh && zoom ? zoom : all ? span : [min, max];
    fresh = false;
    return range;
  };
}

// One panel. `lines` = [{name, color, dash, width, values}].
function timelinePanel(host, x, lines, panel) {
  const gutter = 92;
  const hooks = [(u) => labelEnds(u, gutter)];
  if (panel.marks) hooks.push((u) => drawMarks(u, panel.marks));
  if (panel.snapshots) hooks.push((u) => drawSnapshots(u, panel.snapshots));
  const time = panel.bottom
    ? {label: "seconds since the measured window began", labelSize: 20, size: 26}
    : {size: 0, values: (u, s) => s.map(() => "")};
  const ticks = panel.log ? {splits: () => decadesWithin(...panel.range)} : {};
  const chart = makeChart(host, {
    height: panel.height,
    padding: [panel.marks ? 20 : 10, gutter, panel.bottom ? 0 : 4, 0],
    cursor: {sync: {key: "time"}, drag: {x: true, y: false}, points: {size: 6}, y: false},
    scales: {
      x: {time: false, range: timeRange(panel.span, x)},
      y: {distr: panel.log ? 3 : 1, range: () => panel.range},
    },
    axes: [axis(time), axis({...ticks, scale: "y", size: 58, space: 26, values: (u, s) => s.map(panel.tick)})],
    series: [{}, ...lines.map((l) => line(l, lines.length > 1))],
    hooks: {
      drawClear: [(u) => drawBands(u, panel.faults)],
      draw: hooks,
      setScale: [zoomTogether],
      setCursor: [panel.onCursor],
    },
  }, [x, ...lines.map((l) => l.values)]);
  timelines.add(chart);
  return chart;
}

const bucketWidth = (point) => (point.timeseries.length > 1 ? point.timeseries[1].t_s - point.timeseries[0].t_s : 1);

// The panels of every timeline, with ranges shared by all points so that they can be compared by eye.
function panelPlan(points) {
  const buckets = points.flatMap((p) => p.timeseries);
  const most = (of) => buckets.reduce((m, b) => Math.max(m, of(b)), 0) * 1.08;
  const rate = (p, field) => p.timeseries.map((b) => b[field] / bucketWidth(p));
  const latency = (p, field) => p.timeseries.map((b) => (b.completed > 0 && b[field] > 0 ? b[field] : null));
  const latencies = buckets.filter((b) => b.completed > 0).flatMap((b) => [b.p50_ns, b.max_ns]).filter((n) => n > 0);
  const mebibytes = (b) => b.rss_bytes / 2 ** 20;
  const plan = [
    {name: "Rate, records/s", height: 106, tick: format.short, value: (v) => `${format.short(v)}/s`,
      range: [0, Math.max(1, most((b) => Math.max(b.offered, b.completed)) / Math.min(...points.map(bucketWidth)))],
      lines: (p) => [{name: "offered", color: "c6", dash: dashes[1], values: rate(p, "offered"), width: 1.5},
        {name: "completed", color: "c0", dash: [], values: rate(p, "completed")}]},
    {name: "Response time, log scale", height: 156, tick: format.nanosTick, value: format.nanos,
      log: true, range: logRange(latencies), latency: true,
      lines: (p) => [{name: "max", color: "c3", dash: dashes[2], values: latency(p, "max_ns"), width: 1.25},
        {name: "p99", color: "c1", dash: dashes[1], values: latency(p, "p99_ns")},
        {name: "p50", color: "c2", dash: [], values: latency(p, "p50_ns")}]},
    {name: "Backlog, records", height: 82, tick: format.short, value: format.short,
      range: [0, Math.max(10, most((b) => b.backlog))],
      lines: (p) => [{name: "backlog", color: "c4", dash: [], values: p.timeseries.map((b) => b.backlog)}]},
    {name: "CPU of the system, cores", height: 74, tick: format.short, value: (v) => `${threeDigits(v)} cores`,
      range: [0, Math.max(0.1, most((b) => b.cpu_cores))],
      lines: (p) => [{name: "CPU", color: "c5", dash: [], values: p.timeseries.map((b) => b.cpu_cores)}]},
    {name: "Memory of the system, MiB", height: 120, tick: format.short, value: (v) => `${format.short(v)} MiB`,
      range: [0, Math.max(1, most(mebibytes))], bottom: true,
      lines: (p) => [{name: "memory", color: "c7", dash: [], values: p.timeseries.map(mebibytes)}]},
  ];
  return plan.filter((panel) => !panel.latency || latencies.length);
}

// Where new output was missing, and where the backlog was still above its old level.
function faultSpans(point, end) {
  return point.faults.filter((f) => f.applied_s != null).map((fault) => {
    const recovery = point.recovery.find((r) => r.fault_id === fault.id) ?? {};
    const at = (seconds) => (seconds == null ? end : fault.applied_s + seconds);
    const from = fault.applied_s, output = at(recovery.first_output_s), caughtUp = at(recovery.caught_up_s);
    const marks = [{t: from, text: fault.verb, color: "bad"}, {t: output, text: "first output", color: "muted"},
      {t: caughtUp, text: "caught up", color: "muted"}];
    return {from, output, end: Math.max(caughtUp, output), marks: marks.filter((m) => m.t < end)};
  });
}

// Returns {element, draw}; draw needs the element to be in the page.
function timelineCard(point, plan, span) {
  const x = point.timeseries.map((b) => b.t_s + bucketWidth(point) / 2);
  const faults = faultSpans(point, span[1]);
  const marks = faults.flatMap((f) => f.marks);
  const panels = plan.map((panel, i) => ({...panel, lines: panel.lines(point), faults, span, marks: i === 0 && marks,
    snapshots: panel.latency && point.snapshots,
    host: element(html`<div class="plot" role="img" aria-label="${panel.name} of ${point.name}"
      style="height:${panel.height}px"></div>`)}));
  const each = (f) => panels.flatMap((p) => p.lines.map((l) => f(l, p)));
  const valueAt = (i) => (l, panel) => (l.values[i] == null ? "–" : panel.value(l.values[i]));
  const table = () => dataTable(`Time series of ${point.name}`, ["t, s", ...each((l) => l.name)],
    x.map((t, i) => [t.toFixed(2), ...each(valueAt(i))]));
  const card = element(html`<div class="timeline" tabindex="0" role="group"
    aria-label="Timeline of ${point.name}. Arrow keys move along it."><h3>${pointName(point)} ${stampPill(point)}</h3>
    <output class="readout" aria-live="off">${point.verdict.sentence}</output>
    ${panels.map((p) => html`<div class="name">${p.name}</div>${p.host}`)}${showData("Show data", table)}</div>`);
  let first = null;
  const onCursor = (u) => {
    const i = u.cursor.idx;
    if (u !== first || i == null) return;
    const words = each((l, panel) => `${l.name} ${valueAt(i)(l, panel)}`);
    card.querySelector("output").textContent = `${x[i].toFixed(2)} s: ${words.join(", ")}`;
  };
  card.addEventListener("keydown", (event) => {
    const step = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (!step || !first || event.target !== card) return;
    event.preventDefault();
    const at = Math.min(Math.max((first.cursor.idx ?? -1) + step, 0), x.length - 1);
    first.setCursor({left: first.valToPos(x[at], "x"), top: 10}, true, true);
  });
  const draw = () => {
    if (first) return;
    const drawn = panels.map((p) => timelinePanel(p.host, x, p.lines, {...p, onCursor}));
    first = drawn[0];
  };
  return {element: card, draw};
}

function timelineSection() {
  const points = run.points.filter((p) => p.timeseries.length);
  if (!points.length) return null;
  const times = points.flatMap((p) => [p.timeseries[0].t_s, p.timeseries.at(-1).t_s + bucketWidth(p)]);
  const span = [Math.min(...times), Math.max(...times)];
  const plan = panelPlan(points);
  const cards = points.map((p) => timelineCard(p, plan, span));
  const observer = new IntersectionObserver((entries) => entries.filter((e) => e.isIntersecting).forEach((e) =>
    cards.find((c) => c.element === e.target).draw()), {rootMargin: "600px"});
  cards.forEach((c) => observer.observe(c.element));
  const takeaway = `The axes are the same at every point. Point at a panel to read it, drag to zoom all, double-click to
    zoom out. Latencies are those of the records completed in each bucket.`;
  return {drawAll: () => cards.forEach((c) => c.draw()), element: figure("timeline", "Timelines", takeaway, html`
    <ul class="legend"><li><span class="swatch outage"></span>fault until first new output</li>
      <li><span class="swatch catch-up"></span>catching up with the backlog</li>
      <li>▲ snapshot completed</li><li><span class="bad">△</span>&nbsp;snapshot not completed</li></ul>
    <div class="timelines">${cards.map((c) => c.element)}</div>`)};
}
