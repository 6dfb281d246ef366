#!/bin/sh
# Runs a sqld of its own for tests, in front: `sqld-server.sh FOLDER PORT [OPTION...]`. It listens
# on loopback.
set -eu
cd "$(dirname "$0")/.."
bin=$(tools/sqld.sh)
folder=$1 port=$2
shift 2
exec "$bin" --db-path "$folder" --http-listen-addr "127.0.0.1:$port" "$@"
