// What all charts share: colours, axes, and names at the ends of lines. uPlot draws; colours are read from the style
// sheet at each drawing, so a change of theme is a redraw.
"use strict";

const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
const font = (size) => `${size * devicePixelRatio}px ${family}`;
const charts = new Set();

// A short piece of a series' line, for legends.
const lineKey = (colorName, dash) =>
  html`<svg class="key" width="26" height="10" aria-hidden="true"><line x1="0" y1="5" x2="26" y2="5"
    stroke="var(--${colorName})" stroke-width="2" stroke-dasharray="${dash.join(" ")}"/></svg>`;

// Names the visible series beside their last points, moved apart where they would touch.
function labelEnds(u, gutter) {
  const {ctx, bbox: {left, top, width, height}} = u;
  const ratio = devicePixelRatio;
  const line = 14 * ratio;
  const labels = [];
  u.series.forEach((s, i) => {
    if (i === 0 || !s.show || !s.endLabel) return;
    let at = u.series[0].idxs[1];
    while (at > 0 && u.data[i][at] == null) --at;
    if (u.data[i][at] == null) return;
    const y = u.valToPos(u.data[i][at], s.scale, true);
    labels.push({...s.endLabel, y: Math.min(Math.max(y, top), top + height)});
  });
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((l, i) => {
    l.at = Math.max(l.y, i ? labels[i - 1].at + line : top + line / 2);
  });
  for (let i = labels.length - 1, limit = top + height - line / 4; i >= 0 && labels[i].at > limit; --i, limit -= line)
    labels[i].at = limit;
  ctx.save();
  ctx.font = font(12);
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const l of labels) {
    const x = left + width + 8 * ratio;
    ctx.strokeStyle = color(l.color);
    ctx.lineWidth = 2 * ratio;
    ctx.setLineDash(l.dash.map((d) => d * ratio));
    ctx.beginPath();
    ctx.moveTo(x, l.at);
    ctx.lineTo(x + 16 * ratio, l.at);
    ctx.stroke();
    ctx.fillStyle = color("ink");
    ctx.fillText(l.text, x + 20 * ratio, l.at, (gutter - 30) * ratio);
  }
  ctx.restore();
}

const axis = (more) => ({
  stroke: () => color("muted"),
  font: `12px ${family}`,
  labelFont: `12px ${family}`,
  grid: {stroke: () => color("rule"), width: 1},
  ticks: {show: false},
  ...more,
});

// Values with no neighbours to draw a line to: output that comes once per snapshot would not be seen without points.
const isolated = (plot, series) => {
  const values = plot.data[series];
  return values.flatMap((v, i) => (v != null && values[i - 1] == null && values[i + 1] == null ? [i] : []));
};

// A line, with points only where no line is; its name stands at its end when `named`.
const line = ({name, color: colorName, dash, width = 2}, named, fade = "") => ({
  label: name,
  scale: "y",
  stroke: () => color(colorName) + fade,
  dash,
  width,
  points: {show: true, size: 4, fill: () => color(colorName) + fade, filter: isolated},
  endLabel: named ? {text: name, color: colorName, dash} : null,
});

// Powers of ten from the one not above `low` to the one not below `high`.
function decades(low, high) {
  const list = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e) list.push(10 ** e);
  return list;
}
const decadesWithin = (low, high) => decades(low, high).filter((d) => d >= low && d <= high);

// The values' range widened to 1, 2 or 5 times a power of ten, and to one decade at least.
function logRange(values) {
  const positive = values.filter((v) => v > 0);
  if (!positive.length) return [1e3, 1e6];
  const low = positive.reduce((a, b) => Math.min(a, b));
  const high = positive.reduce((a, b) => Math.max(a, b));
  const steps = decades(low / 10, high * 10).flatMap((d) => [d, 2 * d, 5 * d]);
  const from = Math.max(...steps.filter((x) => x <= low * 1.001));
  const to = Math.min(...steps.filter((x) => x >= high * 0.999));
  return [from, Math.max(to, from * 10)];
}

function makeChart(host, options, data) {
  const chart = new uPlot({width: Math.max(host.clientWidth, 200), legend: {show: false}, ...options}, data, host);
  chart.watcher = new ResizeObserver(() => {
    if (host.clientWidth > 0 && host.clientWidth !== chart.width)
      chart.setSize({width: host.clientWidth, height: options.height});
  });
  chart.watcher.observe(host);
  charts.add(chart);
  document.documentElement.dataset.charts = charts.size;
  return chart;
}

function dropChart(chart) {
  chart.watcher.disconnect();
  charts.delete(chart);
  chart.destroy();
}
