// A backup of a running `iam up`, and what is started from it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { refresh, succeeded, tokensOf } from './client.mjs';
import { ROOT, newDir, startIam } from './harness.mjs';

const PROGRAM = process.env.IAM_BIN ?? join(ROOT, 'target/release/iam');
const run = (...args) => promisify(execFile)(PROGRAM, args);

let iam;
before(async () => {
  iam = await startIam();
});
after(() => iam?.stop());

test('who had logged in before a backup under load goes on after it is restored', async () => {
  const first = await tokensOf(iam);
  let [isOver, logins] = [false, 0];
  const load = (async () => {
    for (; !isOver; logins += 1) await tokensOf(iam);
  })();
  const dir = newDir();
  const [backup, restored] = [join(dir, 'backup'), join(dir, 'restored')];
  await run('backup', backup, '--dir', iam.dir);
  isOver = true;
  await load;
  assert.ok(logins > 0);
  await iam.stop();
  await run('restore', backup, '--dir', restored);
  const port = Number(new URL(iam.baseUrl).port);
  iam = await startIam({ dir: restored, port });
  await tokensOf(iam);
  succeeded(await refresh(iam, first.refresh_token));
});
