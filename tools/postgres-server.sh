#!/bin/sh
# Runs a PostgreSQL of its own for tests, in front: `postgres-server.sh FOLDER PORT [OPTION...]`. It
# listens on loopback, user `iam`, password `iam`, database `iam`; it does not wait for the disk.
set -eu
cd "$(dirname "$0")/.."
bin=$(tools/postgres.sh)
folder=$1 port=$2
shift 2

# PostgreSQL does not run as root.
other=
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || useradd --system postgres
    other="setpriv --reuid=postgres --regid=$(id -g postgres) --clear-groups"
fi
if [ ! -f "$folder/data/PG_VERSION" ]; then
    mkdir -p "$folder"
    printf iam >"$folder/password"
    [ -z "$other" ] || chown -R postgres "$folder"
    # shellcheck disable=SC2086 # It is several words.
    $other "$bin/initdb" --pgdata "$folder/data" --username iam --pwfile "$folder/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C --no-sync >&2
    echo 'create database iam;' | $other "$bin/postgres" --single -D "$folder/data" postgres >&2
fi
# shellcheck disable=SC2086
exec $other "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
    -c max_connections=200 "$@"
