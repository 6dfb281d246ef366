import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newDir, ROOT } from '../e2e/harness.mjs';
import { startWrangler } from './wrangler.mjs';

// (module (func (export "trap") unreachable))
const TRAP = '0061736d0100000001040160000003020100070801047472617000000a05010300000b';

// What wasm-bindgen makes, of a program that counts its requests and breaks when told to.
const BINDINGS = `
  let module, instance, requests, instances = 0;
  export const initSync = (from) => { module = from.module; __wbg_reset_state(); };
  export const __wbg_reset_state = () => {
    instance = new WebAssembly.Instance(module);
    requests = 0;
    instances += 1;
  };
  export const fetch = (request) => new Promise((resolve) => queueMicrotask(() => {
    requests += 1;
    const { pathname } = new URL(request.url);
    if (pathname === '/trap') instance.exports.trap();
    if (pathname === '/overflow') (function down() { down(); })();
    resolve(Response.json({ instances, requests }));
  }));
`;

describe('the entry of the Worker', () => {
  let worker;
  before(async () => {
    const dir = newDir();
    mkdirSync(join(dir, 'build'));
    copyFileSync(join(ROOT, 'components/worker/worker.mjs'), join(dir, 'worker.mjs'));
    writeFileSync(join(dir, 'build/iam_worker_bg.wasm'), Buffer.from(TRAP, 'hex'));
    writeFileSync(join(dir, 'build/iam_worker.js'), BINDINGS);
    const config = join(dir, 'wrangler.toml');
    writeFileSync(config, 'name = "entry"\nmain = "worker.mjs"\ncompatibility_date = "2026-04-01"\n');
    worker = await startWrangler([config]);
  });
  after(() => worker?.stop());

  const ask = async (path) => {
    const response = await fetch(new URL(path, worker.baseUrl), { signal: AbortSignal.timeout(30_000) });
    return response.ok ? response.json() : response.status;
  };

  test('an instance serves many requests, and another follows when it broke', async () => {
    assert.deepEqual(await ask('/'), { instances: 1, requests: 1 });
    assert.deepEqual(await ask('/'), { instances: 1, requests: 2 });
    for (const [instances, how] of [[2, '/trap'], [3, '/overflow']]) {
      assert.equal(await ask(how), 500);
      assert.deepEqual(await ask('/'), { instances, requests: 1 });
      assert.deepEqual(await ask('/'), { instances, requests: 2 });
    }
  });
});
