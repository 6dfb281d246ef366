import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertProblem, call, login, refresh, succeeded } from '../e2e/client.mjs';
import { eventually, newDir, startIam } from '../e2e/harness.mjs';
import { CONFIG, startWorker } from './wrangler.mjs';

const FETCH_TIMEOUT_MS = 10_000;

describe('the way from the Worker to Hydra', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('in production it leads over service bindings, whatever the URLs say', async () => {
    const { hydra_admin_url, hydra_public_url } = iam.state;
    const configs = [CONFIG, forwarder('hydra-admin', hydra_admin_url), forwarder('hydra-public', hydra_public_url)];
    const vars = { HYDRA_ADMIN_URL: 'http://hydra-admin.invalid', HYDRA_PUBLIC_URL: 'http://hydra-public.invalid' };
    const worker = await startWorker(iam, { configs, env: 'production', vars });
    try {
      const tokens = succeeded(await login(worker));
      succeeded(await refresh(worker, tokens.refresh_token));
      assert.equal((await call(worker, '/readyz')).status, 200);
    } finally {
      await worker.stop();
    }
  });

  test('the admin API is not asked over a network', async () => {
    let asked = 0;
    const admin = await listen((_, response) => {
      asked += 1;
      response.end('{}');
    });
    // It leads to this machine, but is no loopback address.
    const url = admin.origin.replace('127.0.0.1', '0.0.0.0');
    const worker = await startWorker(iam, { vars: { HYDRA_ADMIN_URL: url } });
    try {
      assertProblem(await login(worker), 500, 'internal');
      await eventually(() => worker.logs().includes('no binding HYDRA_ADMIN'));
      assert.equal(asked, 0);
    } finally {
      await worker.stop();
      admin.close();
    }
  });
});

describe('a Hydra that misbehaves', () => {
  let hydra, worker;
  let answer = () => {};
  before(async () => {
    hydra = await listen((request, response) => answer(request, response));
    const iam = { state: { issuer: 'http://127.0.0.1:8080' }, dev: { password: 'unused' } };
    worker = await startWorker(iam, { vars: { HYDRA_PUBLIC_URL: hydra.origin, HYDRA_ADMIN_URL: hydra.origin } });
  });
  after(async () => {
    await worker?.stop();
    hydra?.close();
  });

  const keys = () => call(worker, '/.well-known/jwks.json');

  test('one that answers', async () => {
    answer = (_, response) => response.end('{"keys":[]}');
    assert.deepEqual(succeeded(await keys()), { keys: [] });
  });

  test('one that redirects is not followed', async () => {
    const paths = [];
    answer = ({ url }, response) => {
      paths.push(url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    };
    assert.ok((await keys()).status >= 500);
    assert.deepEqual(paths, ['/admin/keys/iam.signing']);
  });

  test('one that breaks off', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"keys":[');
      setTimeout(() => response.destroy(), 50);
    };
    assertProblem(await keys(), 503, 'oauth_unavailable');
  });

  test('one that says too much', async () => {
    answer = (_, response) => response.end(Buffer.alloc(17 * 1024 * 1024, 'a'));
    assertProblem(await keys(), 500, 'internal');
  });

  for (const [how, stall] of [
    ['never answers', () => {}],
    ['stops in the middle', (_, response) => response.writeHead(200).write('{"keys":[')],
  ]) {
    test(`one that ${how} is given up`, async () => {
      answer = stall;
      const start = performance.now();
      assertProblem(await keys(), 503, 'oauth_unavailable');
      const waited = performance.now() - start;
      assert.ok(waited >= FETCH_TIMEOUT_MS - 100 && waited < FETCH_TIMEOUT_MS + 5_000, `${waited} ms`);
    });
  }

  test('one that is gone', async () => {
    hydra.close();
    assertProblem(await keys(), 503, 'oauth_unavailable');
  });
});

/** Gives `{origin, close()}`. */
async function listen(handle) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The configuration of a Worker `name` that forwards to `origin`, as one beside Hydra would. */
function forwarder(name, origin) {
  const dir = newDir();
  const config = join(dir, 'wrangler.toml');
  writeFileSync(config, [
    `name = "${name}"`,
    'main = "forward.mjs"',
    'compatibility_date = "2026-04-01"',
    '[env.production]',
    `name = "${name}"`,
    `vars = { ORIGIN = "${origin}" }`,
  ].join('\n'));
  writeFileSync(
    join(dir, 'forward.mjs'),
    `export default {
      fetch(request, { ORIGIN }) {
        const { pathname, search } = new URL(request.url);
        return fetch(ORIGIN + pathname + search, request);
      },
    };`,
  );
  return config;
}
