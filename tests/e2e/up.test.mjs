import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { login, refresh, succeeded, tokensOf } from './client.mjs';
import { childrenOf, eventually, isRunning, newDir, startIam } from './harness.mjs';

/** Starts one that is gone when the test is, whatever becomes of it. */
async function start(t, options) {
  const iam = await startIam(options);
  t.after(() => iam.stop());
  return iam;
}

describe('iam up', () => {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    test(`${signal} stops it and every child`, async (t) => {
      const iam = await start(t);
      const children = childrenOf(iam.pid);
      assert.ok(children.length > 0);
      assert.equal(await iam.stop(signal), 0);
      assert.deepEqual(children.filter(({ pid }) => isRunning(pid)), []);
      await assert.rejects(login(iam));
    });
  }

  test('when it is killed its children end too', async (t) => {
    const iam = await start(t);
    const children = childrenOf(iam.pid);
    await iam.stop('SIGKILL');
    await eventually(() => !children.some(({ pid }) => isRunning(pid)));
  });

  test('what it prints names the URL and a line to log in with', async (t) => {
    const iam = await start(t);
    const { base_url, tenant, username, client_id } = iam.dev;
    for (const text of [base_url, tenant, username, client_id, 'curl ', '/auth/login']) {
      assert.ok(iam.announcement.includes(text), `${text} is not in:\n${iam.announcement}`);
    }
  });

  test('a second start keeps everything: the user, the keys and the logins from before', async (t) => {
    const dir = newDir();
    const first = await start(t, { dir });
    const tokens = await tokensOf(first);
    const { port } = new URL(first.baseUrl);
    await first.stop();
    const second = await start(t, { dir, port });
    assert.deepEqual(second.dev, first.dev);
    succeeded(await login(second));
    succeeded(await refresh(second, tokens.refresh_token));
  });

  test('a port that is taken: it says which, and what to do', async (t) => {
    const squatter = createServer().listen(0, '127.0.0.1');
    t.after(() => squatter.close());
    await once(squatter, 'listening');
    const { port } = squatter.address();
    await assert.rejects(startIam({ port }), (error) => {
      assert.match(error.message, new RegExp(String(port)));
      assert.match(error.message, /in use.*another port/);
      return true;
    });
  });

  test('no Hydra: it says what to do', async () => {
    await assert.rejects(startIam({ env: { HYDRA_BIN: '/nowhere/hydra' } }), /HYDRA_BIN/);
  });

  test('a manifest that is broken or missing: it says which file', async () => {
    const broken = join(newDir(), 'broken.toml');
    writeFileSync(broken, 'spin_manifest_version = 2\n[application\n');
    await assert.rejects(startIam({ manifest: broken }), /broken\.toml/);
    await assert.rejects(startIam({ manifest: '/nowhere/spin.toml' }), /\/nowhere\/spin\.toml/);
  });
});
