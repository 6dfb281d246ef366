#!/bin/sh
# Runs a FerretDB v1 of its own in front, over what is in FOLDER: ferretdb-server.sh FOLDER PORT
set -eu
server=$("$(dirname "$0")/ferretdb.sh")
exec "$server" "$@"
