#!/bin/sh
# Prints the folder of a PostgreSQL's programs (initdb, postgres): POSTGRES_BIN, or the newest that is
# installed, or Debian's, installed by apt-get.
set -eu

if [ -n "${POSTGRES_BIN:-}" ]; then
    [ -x "$POSTGRES_BIN/initdb" ] || { echo "POSTGRES_BIN=$POSTGRES_BIN has no initdb: unset it, or name a folder that has" >&2; exit 1; }
    echo "$POSTGRES_BIN"
    exit
fi

find_postgres() {
    for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) $(dirname "$(command -v initdb || echo /nowhere/initdb)"); do
        [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && echo "$dir" && return
    done
    return 1
}

find_postgres && exit
"$(dirname "$0")/apt.sh" PostgreSQL postgresql "set POSTGRES_BIN to the bin folder of one (14 or newer)"
find_postgres
