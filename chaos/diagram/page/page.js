// Comforts only: the page says everything without them.
const tools = document.querySelector(".tools");
const frame = document.querySelector(".frame");
tools.hidden = false;
for (const box of tools.querySelectorAll("[data-hides]")) {
  box.addEventListener("change", () => frame.classList.toggle("no-" + box.dataset.hides, !box.checked));
}
let zoom = 1;
for (const button of tools.querySelectorAll("[data-zoom]")) {
  button.addEventListener("click", () => {
    const factor = Number(button.dataset.zoom);
    zoom = factor === 1 ? 1 : Math.min(4, Math.max(0.2, zoom * factor));
    frame.style.setProperty("--zoom", zoom);
  });
}
const damage = document.querySelector(".picture .damage");
if (damage && !location.hash) {
  const scroll = document.querySelector(".scroll");
  const box = damage.getBoundingClientRect();
  scroll.scrollLeft += box.left - scroll.getBoundingClientRect().left - scroll.clientWidth / 3;
}
