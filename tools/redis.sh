#!/bin/sh
# Prints the path of a Redis: REDIS_BIN, or the one that is installed, or Debian's, installed by apt-get.
set -eu

if [ -n "${REDIS_BIN:-}" ]; then
    [ -x "$REDIS_BIN" ] || { echo "REDIS_BIN=$REDIS_BIN cannot be run: unset it, or name a redis-server" >&2; exit 1; }
    echo "$REDIS_BIN"
    exit
fi

command -v redis-server && exit
"$(dirname "$0")/apt.sh" Redis redis-server "set REDIS_BIN to the redis-server of one (7 or newer)"
command -v redis-server
