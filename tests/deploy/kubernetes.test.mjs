// The manifests in deploy/kubernetes against the schemas of Kubernetes itself.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');
const MANIFESTS = join(ROOT, 'deploy/kubernetes');
const TOOLS = join(ROOT, '.iam/tools/kubernetes-validate');

before(() => {
  const wanted = join(import.meta.dirname, 'requirements.txt');
  const installed = join(TOOLS, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) return;
  execFileSync('python3', ['-m', 'venv', TOOLS]);
  execFileSync(join(TOOLS, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '-r', wanted]);
  copyFileSync(wanted, installed);
});

const validate = (file, version) =>
  spawnSync(join(TOOLS, 'bin/kubernetes-validate'), ['--strict', '-k', version, file], { encoding: 'utf8' });

for (const name of readdirSync(MANIFESTS)) {
  test(`${name} is what Kubernetes takes, of an old and a new version`, () => {
    for (const version of ['1.25', '1.34']) {
      const { status, stdout, stderr } = validate(join(MANIFESTS, name), version);
      assert.equal(status, 0, stdout + stderr);
    }
  });
}

test('a manifest that Kubernetes would not take fails', (t) => {
  const text = readFileSync(join(MANIFESTS, 'migrate-job.yaml'), 'utf8');
  const file = join(TOOLS, `wrong-${process.pid}.yaml`);
  t.after(() => rmSync(file, { force: true }));
  for (const [right, wrong] of [['restartPolicy: Never', 'restartPolicy: 7'], ['backoffLimit:', 'backOffLimit:']]) {
    assert.ok(text.includes(right));
    writeFileSync(file, text.replace(right, wrong));
    const { status, stdout, stderr } = validate(file, '1.34');
    assert.equal(status, 1, stdout + stderr);
  }
});
