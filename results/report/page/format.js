// Numbers as people read them, and the few helpers that make markup.
"use strict";

const units = {
  nanos: [[1, "ns"], [1e3, "µs"], [1e6, "ms"], [1e9, "s"]],
  count: [[1, ""], [1e3, " k"], [1e6, " M"], [1e9, " G"]],
  bytes: [[1024, "KiB"], [2 ** 20, "MiB"], [2 ** 30, "GiB"]],
};
const unitFor = (x, list) => list.findLast(([size]) => Math.abs(x) >= size * 0.9995) ?? list[0];

function threeDigits(x) {
  const size = Math.abs(x);
  return x.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

const format = {
  nanos(n) {
    if (n == null) return "–";
    const [size, unit] = unitFor(n, units.nanos);
    return `${size === 1 ? Math.round(n) : threeDigits(n / size)} ${unit}`;
  },
  // For axes: powers of ten without decimals.
  nanosTick(n) {
    const [size, unit] = unitFor(n, units.nanos);
    return `${+(n / size).toPrecision(3)} ${unit}`;
  },
  seconds: (s) => format.nanos(s == null ? null : s * 1e9),
  count: (n) => (n == null ? "–" : n.toLocaleString("en-US", {maximumFractionDigits: 0})),
  short(n) {
    const [size, unit] = unitFor(n, units.count);
    return `${+(n / size).toPrecision(3)}${unit}`;
  },
  bytes(n) {
    const [size, unit] = unitFor(n, units.bytes);
    return n === 0 ? "0" : `${threeDigits(n / size)} ${unit}`;
  },
  // 1 / (1 - p) as a percentage, with as many nines as it has.
  percentile(x) {
    const p = 100 * (1 - 1 / x);
    return `${+p.toFixed(p < 99 ? 1 : Math.min(6, Math.ceil(Math.log10(x))))} %`;
  },
};

// html`<td>${text}</td>`: markup with its values escaped. A value may be text, other markup, a list of these, or an
// element (where a block may stand); null and false leave nothing.
class Markup {
  constructor(text) {
    this.text = text;
  }
}
const slots = [];
const escapes = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"};
function html(strings, ...values) {
  const put = (v) => {
    if (v == null || v === false) return "";
    if (Array.isArray(v)) return v.map(put).join("");
    if (v instanceof Markup) return v.text;
    if (v instanceof Node) return `<i data-slot="${slots.push(v) - 1}"></i>`;
    return String(v).replace(/[&<>"]/g, (c) => escapes[c]);
  };
  return new Markup(String.raw({raw: strings}, ...values.map(put)));
}

// The one element that the markup describes, with its handlers: {"button": {click: f}} by selector.
function element(markup, handlers = {}) {
  const template = document.createElement("template");
  template.innerHTML = markup.text.trim();
  const made = template.content.firstElementChild;
  made.querySelectorAll("[data-slot]").forEach((slot) => slot.replaceWith(slots[slot.dataset.slot]));
  for (const [selector, events] of Object.entries(handlers))
    for (const [event, handler] of Object.entries(events))
      (selector === "" ? made : made.querySelector(selector)).addEventListener(event, handler);
  return made;
}

// A table in a scrolling frame. Columns that start with "<" are left-aligned; the first cell of a row is its heading.
function dataTable(caption, columns, rows) {
  const left = columns.map((c) => c.startsWith("<"));
  const title = (c, i) => html`<th scope="col" class="${left[i] && "text"}">${c.replace(/^</, "")}</th>`;
  const cell = (c, i) => (i ? html`<td class="${left[i] && "text"}">${c}</td>` : html`<th scope="row">${c}</th>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
    <caption>${caption}</caption><thead><tr>${columns.map(title)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>`)}</tbody></table></div>`;
}

// "Show data": the table is made when it is first opened.
function showData(caption, make) {
  const details = element(html`<details class="no-print"><summary>${caption}</summary></details>`, {
    "": {toggle: () => details.open && details.children.length === 1 && details.append(element(make()))},
  });
  return details;
}

// A section with a title and a sentence that says what to see.
const figure = (id, title, takeaway, content) =>
  element(html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
    ${takeaway && html`<p class="takeaway">${takeaway}</p>`}${content}</section>`);
