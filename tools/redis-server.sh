#!/bin/sh
# Runs a Redis of its own for tests, in front: `redis-server.sh FOLDER PORT [OPTION...]`. It listens on
# loopback, password `iam`; it keeps nothing on the disk.
set -eu
cd "$(dirname "$0")/.."
bin=$(tools/redis.sh)
folder=$1 port=$2
shift 2
mkdir -p "$folder"
exec "$bin" --dir "$folder" --port "$port" --bind 127.0.0.1 --requirepass iam --save '' --appendonly no "$@"
