// What SQL Server is told is T-SQL to a parser that is not ours. No SQL Server has read it yet.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const golden = join(root, "crates/storage/mssql/tests/server/golden/statements.sql");

const parse = (file) => {
  const python = execFileSync(join(root, "tools/sqlfluff.sh"), { encoding: "utf8" }).trim();
  const script = join(root, "tests/sqlserver/parse.py");
  return spawnSync(python, [script, file], { encoding: "utf8" });
};

test("every statement that SQL Server is told is T-SQL", () => {
  const { status, stdout, stderr } = parse(golden);
  assert.equal(status, 0, stderr);
  assert.ok(Number(stdout) > 300, stdout);
});

test("the parser refuses what is none", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "iam-tsql-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "wrong.sql");
  writeFileSync(file, "select a from t limit 1\ngo\nselect 1\ngo\n");
  const { status, stdout, stderr } = parse(file);
  assert.equal(status, 1);
  assert.equal(stdout.trim(), "2");
  assert.match(stderr, /limit 1\n-- not understood/);
});
