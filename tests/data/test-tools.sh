#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts parse, and every shell or Python file says its licence.
top=$1
cd "$top" || exit 1
echo 1..3

bad=
for file in tools/* tests/data/*.sh .ci/run; do
  [ -f "$file" ] || continue
  case $(head -n 1 "$file") in
    '#!/bin/bash'*) bash -n "$file" || bad="$bad $file" ;;
    '#!/bin/sh'*) sh -n "$file" || bad="$bad $file" ;;
    '#!/usr/bin/python3'*) /usr/bin/python3 -c 'import ast, sys; ast.parse (open (sys.argv[1]).read ())' "$file" || bad="$bad $file" ;;
  esac
done
[ -z "$bad" ] && echo "ok 1 scripts parse" || { echo "# $bad"; echo "not ok 1 scripts parse"; }

bad=
for file in $(find src tests tools data po .ci -type f \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -path 'tools/*' -o -path '.ci/*' \) \
              -not -path '*/node_modules/*' -not -path '*/__pycache__/*' 2>/dev/null); do
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || bad="$bad $file"
done
[ -z "$bad" ] && echo "ok 2 every source file names its licence" || { echo "# $bad"; echo "not ok 2 every source file names its licence"; }

# The four foundations know nobody, and only the app knows GTK.
bad=$(grep -nE '^ *# *include' -r src --include='*.[ch]' 2>/dev/null | awk -F: '
  { file = $1; inc = $3; room = file; sub (/^src\//, "", room); sub (/\/.*/, "", room)
    if (room ~ /^(crdt|xmpp|store|media)$/ && inc ~ /"(crdt|xmpp|store|media|workspace|app|ctl)\// && inc !~ "\"" room "/") print
    else if (room == "workspace" && inc ~ /"(app|ctl)\//) print
    else if (room == "ctl" && inc ~ /"app\//) print
    else if (room == "app" && inc ~ /"ctl\//) print
    if (room != "app" && inc ~ "<(gtk|gdk)/|<adwaita") print }') || bad="awk failed"
[ -z "$bad" ] && echo "ok 3 rooms include only what lies below them" || { echo "$bad" | sed 's/^/# /'; echo "not ok 3 rooms include only what lies below them"; }
