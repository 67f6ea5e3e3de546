// The highest rates, if the run looked for them: a table, and the latency of every try over its rate.
"use strict";

const triesOf = (found) => run.points.filter((p) =>
  p.name.startsWith(`${found.point}@`) && !p.name.slice(found.point.length + 1).includes("@"));
const p99Of = (point) => point.latency.find((l) => l.phase === "whole")?.response.p99_ns || null;

// Colour and dash of a found rate's point.
const rateStyle = (i) => ({color: `c${i % 8}`, dash: dashes[Math.floor(i / 8) % dashes.length]});

function ratesRow(found, i) {
  const {color: c, dash} = rateStyle(i);
  const at = triesOf(found).filter((p) =>
    p.verdict.verdict === "held" && stampOf(p) !== "INVALID" && p99Of(p) <= found.p99_bound_ns &&
    Math.abs(p.offered_rate / found.sustained - 1) < 1e-3);
  const sum = (f) => at.map(f).reduce((a, b) => a + b, 0);
  const perRecord = (f) => sum(f) / sum((p) => p.counts.completed);
  const worst = Math.max(0, ...at.map(p99Of));
  return html`<tr><th scope="row">${lineKey(c, dash)}${found.point}</th>
    <td>${found.sustained ? format.short(found.sustained) : "none"}</td>
    <td>${found.refused ? format.short(found.refused) : "–"}</td>
    <td>${worst ? format.nanos(worst) : "–"}</td>
    <td>${at.length ? format.nanos(perRecord((p) => p.cost.cpu_seconds) * 1e9) : "–"}</td>
    <td>${at.length ? format.short(perRecord((p) => p.cost.written_bytes)) : "–"}</td>
    <td>${found.tries}</td><td class="text">${found.refusal}</td></tr>`;
}

// One line per point through its tries; of several at one rate, the one that counted: the best.
function ratesChart(host) {
  const lines = run.rates.map((found, i) => {
    const best = new Map();
    for (const p of triesOf(found)) {
      const p99 = p99Of(p);
      if (p99) best.set(p.offered_rate, Math.min(p99, best.get(p.offered_rate) ?? Infinity));
    }
    return {name: found.point, best, ...rateStyle(i)};
  });
  const rates = [...new Set(lines.flatMap((l) => [...l.best.keys()]))].sort((a, b) => a - b);
  if (rates.length < 2) return;
  const bound = run.rates[0].p99_bound_ns;
  const values = lines.map((l) => rates.map((r) => l.best.get(r) ?? null));
  const range = logRange([...values.flat().filter((v) => v), bound]);
  const [low, high] = logRange(rates);
  const gutter = host.clientWidth > 640 ? 192 : 14;
  makeChart(host, {
    height: 360,
    padding: [12, gutter, 0, 4],
    cursor: {show: false},
    scales: {x: {time: false, distr: 3, range: () => [low, high]}, y: {distr: 3, range: () => range}},
    axes: [axis({label: "records offered per second, log scale", labelSize: 22, size: 30,
                 splits: () => decadesWithin(low, high), values: (u, s) => s.map(format.short)}),
      axis({scale: "y", size: 60, label: "p99 response time, log scale", labelSize: 20,
            splits: () => decadesWithin(...range), values: (u, s) => s.map(format.nanosTick)})],
    series: [{}, ...lines.map((l) => ({...line(l, gutter > 100), spanGaps: true,
                                       points: {show: true, size: 6, fill: () => color(l.color)}})),
      {label: "bound", scale: "y", stroke: () => color("muted"), dash: [4, 4], width: 1, points: {show: false}}],
    hooks: {draw: [(u) => labelEnds(u, gutter)]},
  }, [rates, ...values, rates.map(() => bound)]);
}

function ratesSection() {
  if (!run.rates.length) return null;
  const bound = format.nanos(run.rates[0].p99_bound_ns);
  const takeaway = `The highest rate at which all output came, the backlog did not grow and the 99th percentile of the
    response time stayed at or under ${bound} (the dashed line), and the lowest at which one of them failed. Each dot is
    a run of its own; what was given up at once has none.`;
  const section = figure("rates", "Highest rates", takeaway, html`<div class="chart"></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of rates"><table>
      <caption>Rates in records per second; latency and cost at the rate sustained</caption><thead><tr>
      <th scope="col" class="text">Point</th><th scope="col">Sustained</th><th scope="col">Refused</th>
      <th scope="col">p99</th><th scope="col">CPU per record</th><th scope="col">Bytes written per record</th>
      <th scope="col">Tries</th><th scope="col" class="text">Refused because</th></tr></thead>
      <tbody>${run.rates.map(ratesRow)}</tbody></table></div>`);
  return {element: section, draw: () => ratesChart(section.querySelector(".chart"))};
}
