#!/bin/sh
# Prints the path of a MariaDB server: MARIADB_BIN, `mariadbd` where it is installed, or Debian's,
# installed by apt-get (the program alone, nothing is started).
set -eu

if [ -n "${MARIADB_BIN:-}" ]; then
    [ -x "$MARIADB_BIN" ] || { echo "MARIADB_BIN=$MARIADB_BIN is not a program: unset it, or name a mariadbd" >&2; exit 1; }
    echo "$MARIADB_BIN"
    exit
fi

find_mariadb() {
    PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mariadbd
}

find_mariadb && exit
"$(dirname "$0")/apt.sh" MariaDB mariadb-server-core "set MARIADB_BIN to the mariadbd of one (10.6 or newer)"
find_mariadb
