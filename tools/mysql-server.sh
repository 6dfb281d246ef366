#!/bin/sh
# Runs a MySQL of its own for tests, in front: `mysql-server.sh FOLDER PORT [OPTION...]`. It listens on loopback,
# user `iam`, password `iam`, database `iam`; it does not wait for the disk.
set -eu
cd "$(dirname "$0")/.."
root=$(tools/mysql.sh)
folder=$1 port=$2
shift 2

# As root it runs only when told so.
user=
[ "$(id -u)" != 0 ] || user=--user=root
mysqld=$root/usr/sbin/mysqld
# The C library it was built with, if that came with it.
for loader in "$root"/usr/lib/*/ld-linux-*.so.?; do
    [ "$root" = / ] || [ ! -x "$loader" ] || mysqld="$loader --library-path $(dirname "$loader") $mysqld"
done
share=$root/usr/share/mysql
fixed="--no-defaults $user --basedir=$root/usr --lc-messages-dir=$share --character-sets-dir=$share/charsets
    --secure-file-priv= --mysqlx=OFF --skip-log-bin"
if [ ! -d "$folder/data" ]; then
    mkdir -p "$folder"
    printf '%s;\n' 'create database iam' "create user iam@'%' identified by 'iam'" \
        "grant all on *.* to iam@'%'" "drop user root@localhost" >"$folder/init.sql"
    # shellcheck disable=SC2086 # They are several words.
    $mysqld $fixed --initialize-insecure --datadir="$folder/new" --init-file="$folder/init.sql" >&2
    mv "$folder/new" "$folder/data"
fi
# With --gdb it ends by SIGINT.
# shellcheck disable=SC2086
exec $mysqld $fixed --datadir="$folder/data" --port="$port" --bind-address=127.0.0.1 \
    --socket="$folder/data/socket" --skip-name-resolve --max-connections=1000 --gdb \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF "$@"
