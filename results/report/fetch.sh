#!/usr/bin/env bash
# Fetches the plotting library that the report page carries into results/report/node_modules, at the version and
# checksum of package-lock.json. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.fetched
if cmp -s package-lock.json "$stamp"; then exit 0; fi
if ! command -v npm >/dev/null; then
  echo "results/report/fetch.sh: npm is missing (on Debian: apt-get install npm); the report page needs one npm package" >&2
  exit 1
fi
npm ci --silent || { echo "results/report/fetch.sh: npm could not fetch the packages of results/report/package-lock.json" >&2; exit 1; }
cp package-lock.json "$stamp"
