#!/usr/bin/env bash
# Opens the example report in a browser, with the network off, and checks that every chart was drawn and that the tables
# fit into a window of 1200 px.
# usage: page_draws.sh EXAMPLE_REPORT SCRATCH_FOLDER
set -euo pipefail
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
  echo "skipped: no chromium to open the page with"
  exit 77
fi
mkdir -p "$2"
scratch=$(mktemp -d "$2/page.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
"$1" "$scratch" >"$scratch/table.txt"
# Notes in the page which tables are wider than their frame.
cat >>"$scratch/report.html" <<'END'
<script>document.documentElement.dataset.cut = [...document.querySelectorAll("section > .scroll")]
  .filter((frame) => frame.scrollWidth > frame.clientWidth).map((frame) => frame.getAttribute("aria-label")).join(", ");
</script>
END
# A browser on a busy machine may give up before the page has run; what the page itself does wrong, it does each time.
for _ in 1 2 3; do
  "$browser" --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --host-resolver-rules="MAP * ~NOTFOUND" \
    --user-data-dir="$scratch/profile" --window-size=1200,20000 --virtual-time-budget=30000 --enable-logging=stderr \
    --dump-dom "file://$scratch/report.html" >"$scratch/page.html" 2>"$scratch/log.txt" || true
  grep -q 'data-charts=' "$scratch/page.html" && break
done
if grep -E "CONSOLE.*(Uncaught|Refused|Error)" "$scratch/log.txt"; then
  echo "the page reports an error"
  exit 1
fi
charts=$(grep -o 'data-charts="[0-9]*"' "$scratch/page.html" | head -1 | grep -o '[0-9]*' || echo 0)
expected=41  # One spectrum; five panels for each of the eight points.
if [ "$charts" -ne "$expected" ]; then
  echo "the page drew $charts charts instead of $expected"
  tail -5 "$scratch/log.txt"
  exit 1
fi
if ! grep -q 'data-cut=""' "$scratch/page.html"; then
  echo "wider than their frame: $(grep -o 'data-cut="[^"]*"' "$scratch/page.html")"
  exit 1
fi
echo "all $charts charts were drawn, all tables fit"
