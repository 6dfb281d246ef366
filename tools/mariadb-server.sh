#!/bin/sh
# Runs a MariaDB of its own for tests, in front: `mariadb-server.sh FOLDER PORT [OPTION...]`. It listens on
# loopback, user `iam`, password `iam`, database `iam`; it does not wait for the disk.
set -eu
cd "$(dirname "$0")/.."
bin=$(tools/mariadb.sh)
folder=$1 port=$2
shift 2
# Where the scripts are that fill the system's tables.
share=$(dirname "$(dirname "$bin")")/share
for name in mariadb mysql; do
    [ ! -f "$share/$name/mysql_system_tables.sql" ] || { share=$share/$name; break; }
done

# As root it runs only when told so.
user=
[ "$(id -u)" != 0 ] || user=--user=root
if [ ! -d "$folder/data" ]; then
    mkdir -p "$folder/new"
    # Not by mariadb-install-db, which needs programs of another package.
    {
        printf 'create database mysql;\nuse mysql;\n'
        cat "$share/mysql_system_tables.sql" "$share/mysql_performance_tables.sql" \
            "$share/mysql_system_tables_data.sql"
        printf '%s;\n' "delete from global_priv where user = '' or user = 'root'" 'flush privileges' \
            'create database iam' "create user iam@'%' identified by 'iam'" "grant all on *.* to iam@'%'"
    } |
        # shellcheck disable=SC2086 # It is one word or none.
        "$bin" --no-defaults $user --bootstrap --datadir="$folder/new" --innodb-flush-log-at-trx-commit=0 \
            --log-warnings=0 >&2
    mv "$folder/new" "$folder/data"
fi
# With --debug-gdb it ends by SIGINT.
# shellcheck disable=SC2086
exec "$bin" --no-defaults $user --datadir="$folder/data" --port="$port" --bind-address=127.0.0.1 \
    --socket="$folder/data/socket" --skip-name-resolve --max-connections=1000 --debug-gdb \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF "$@"
