#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: run.sh CRDT_REPLAY FIRST_SEED COUNT
# Replays COUNT random sessions of the real Yjs with our engine. Installs Yjs with npm if need
# be; where there is no node or no registry, says so and skips.
set -u
replay=$1
first=$2
count=$3
here=$(cd "$(dirname "$0")" && pwd)

skip ()
{
  echo "TAP version 13"
  echo "1..0 # SKIP $1: $count sessions of the real Yjs were not replayed"
  exit 0
}

command -v node >/dev/null || skip "node is not installed"
if [ ! -d "$here/node_modules/yjs" ]; then
  command -v npm >/dev/null || skip "npm is not installed"
  # Two tests may come here at the same time.
  (
    flock 9
    [ -d "$here/node_modules/yjs" ] || (cd "$here" && npm ci --no-audit --no-fund) >&2
  ) 9>"${TMPDIR:-/tmp}/atrium-yjs-oracle.lock" || skip "npm could not install yjs"
fi
node "$here/sessions.mjs" "$first" "$count" | "$replay"
