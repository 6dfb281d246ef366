#!/bin/sh
# Everything that `make test` runs. It installs and starts what it needs; `make check` is its fast part.
set -eu
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

for tool in cargo go java make mvn node npm python3; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: the tests need Rust, Go, Java 17, Maven, make, Node.js 20 and Python 3" >&2; exit 1; }
done

step "what the tests run against: Hydra, sqld, PostgreSQL, MariaDB, FerretDB, MySQL, Redis, Chromium, Helm, JavaScript clients"
HYDRA_BIN=$(tools/hydra.sh)
SQLD_BIN=$(tools/sqld.sh)
CHROMIUM_BIN=$(tools/chromium.sh)
POSTGRES_BIN=$(tools/postgres.sh)
MARIADB_BIN=$(tools/mariadb.sh)
FERRETDB_BIN=$(tools/ferretdb.sh)
PS_HTTP_SIM_BIN=$(tools/ps-http-sim.sh)
# Debian has it in its unstable release only: without it MariaDB has to do.
MYSQL_ROOT=$(tools/mysql.sh) || MYSQL_ROOT=
REDIS_BIN=$(tools/redis.sh)
HELM_BIN=$(tools/helm.sh)
export HYDRA_BIN SQLD_BIN CHROMIUM_BIN POSTGRES_BIN MARIADB_BIN FERRETDB_BIN PS_HTTP_SIM_BIN MYSQL_ROOT REDIS_BIN HELM_BIN
npm ci --prefix tests --no-audit --no-fund --loglevel=error

step "format, lints, three targets"
# In the profile of the build: what macros and build scripts need is then compiled once.
make check PROFILE=--release

step "components and program"
make build

step "unit, conformance and architecture tests"
# The bench has none, and its drivers take a while to build.
cargo test --release --workspace --exclude iam-bench

step "MySQL beside MariaDB"
if [ -n "$MYSQL_ROOT" ]; then
    IAM_TEST_MYSQL=mysql cargo test --release --package iam-storage-mysql --test server
else
    echo "NOT RUN: there is no MySQL here"
fi

if [ -n "${IAM_TEST_MSSQL_URL:-}" ]; then
    step "SQL Server: IAM_TEST_MSSQL_URL"
    cargo test --release -p iam-storage-mssql -- --ignored
else
    echo "SQL Server: nothing was run on one, because IAM_TEST_MSSQL_URL names none"
fi

step "Worker"
tools/worker.sh

step "end to end: component files, real Hydra, real Chromium, wrangler"
# One file at a time: each starts a stack of its own, and two at once starve each other on two cores.
node --test --test-concurrency=1 --test-timeout=300000 tests/*/*.test.mjs
