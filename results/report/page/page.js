// Puts the page together from the record in the element "run" and what was computed from it in "derived".
"use strict";

const run = JSON.parse(document.getElementById("run").textContent);
const derived = JSON.parse(document.getElementById("derived").textContent);

// Colour follows the first axis that varies, dash the second; when they do not suffice, both follow the points' order.
function assignStyles(points) {
  const values = (name) => [...new Set(points.map((p) => p.axes[name]))];
  const varying = [...new Set(points.flatMap((p) => Object.keys(p.axes)))].filter((name) => values(name).length > 1);
  const [colors, strokes] = [0, 1].map((i) => (varying[i] ? values(varying[i]) : [undefined]));
  const byAxes = varying.length > 0 && varying.length <= 2 && colors.length <= 8 && strokes.length <= dashes.length;
  points.forEach((p, i) => {
    const c = byAxes ? colors.indexOf(p.axes[varying[0]]) : i % 8;
    const d = byAxes ? strokes.indexOf(p.axes[varying[1]]) : Math.floor(i / 8) % dashes.length;
    p.style = {color: `c${c}`, dash: dashes[d]};
  });
}

// "auto" follows the system. A page opened from a file may have no storage; the choice is then not kept.
function themeButton() {
  const order = ["auto", "light", "dark"];
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const stored = (action) => { try { return action(localStorage); } catch { return null; } };
  let choice = stored((s) => s.getItem("holdfast-theme")) ?? "auto";
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    charts.forEach((chart) => chart.redraw(false, true));
  };
  const show = () => {
    button.textContent = `Theme: ${choice}`;
    apply(choice === "auto" ? (systemDark.matches ? "dark" : "light") : choice);
  };
  const next = () => {
    choice = order[(order.indexOf(choice) + 1) % order.length];
    stored((s) => s.setItem("holdfast-theme", choice));
    show();
  };
  const button = element(html`<button class="no-print"></button>`, {"": {click: next}});
  systemDark.addEventListener("change", show);
  addEventListener("beforeprint", () => apply("light"));
  addEventListener("afterprint", show);
  show();
  return button;
}

function main() {
  assignStyles(run.points);
  const rates = ratesSection(), spectrum = spectrumSection(), timeline = timelineSection();
  document.getElementById("page").append(
    element(html`<header class="top"><div><div class="brand">Holdfast run</div><h1>${run.suite}</h1></div>
      ${themeButton()}</header>`),
    element(html`<main>${[headerSection(run, derived), rates?.element, summarySection(run), spectrum?.element,
      timeline?.element, snapshotSection(run), recoverySection(run), ledgerSection(run), trustSection(run),
      environmentSection(run), configurationSection(run)]}</main>`),
    element(html`<footer>Made by Holdfast ${run.code.version}. This file needs no network; the record is inside it, in
      the element with the id “run”.</footer>`));
  rates?.draw();
  spectrum?.draw();
  addEventListener("beforeprint", () => timeline?.drawAll());
}

main();
