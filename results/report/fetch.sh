#!/usr/bin/env bash
# Fetches the plotting library that the report page carries into results/report/node_modules, at the version and
# checksum of package-lock.json. Does nothing when it is there.
set -euo pipefail
cd "$(dirname "$0")"
stamp=node_modules/.fetched
if cmp -s package-lock.json "$stamp"; then exit 0; fi
fail() {
  echo "results/report/fetch.sh: $1" >&2
  exit 1
}
command -v npm >/dev/null || fail "npm is missing (on Debian: apt-get install npm); the report page needs it"
npm ci --silent || fail "npm could not fetch the packages of results/report/package-lock.json"
cp package-lock.json "$stamp"
