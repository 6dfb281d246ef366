import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import {
  assertProblem, call, isActive, login, loginBody, logout, payload, post, rawRequest, refresh, succeeded, tokensOf,
} from '../e2e/client.mjs';
import { addUser, graceIsOver } from '../e2e/fixtures.mjs';
import { eventually, newDir, ROOT, startIam } from '../e2e/harness.mjs';
import { startWorker } from './wrangler.mjs';

const TEN_MEGABYTES = 10 * 1024 * 1024;

describe('the Worker, in front of the same database and Hydra', () => {
  let iam, worker;
  before(async () => {
    iam = await startIam();
    worker = await startWorker(iam);
  });
  after(async () => {
    await worker?.stop();
    await iam?.stop();
  });

  test('it runs, and all that a login needs is in reach', async () => {
    assert.deepEqual((await call(worker, '/healthz')).body, { status: 'ok' });
    const ready = await call(worker, '/readyz');
    assert.equal(ready.status, 200, ready.text);
    assert.deepEqual(ready.body.checks, { database: 'ok', ephemeral: 'ok', oauth: 'ok' });
  });

  test('a login gets an access token that its own keys verify', async () => {
    const answer = await login(worker);
    const tokens = succeeded(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', worker.baseUrl));
    const verified = await jwtVerify(tokens.access_token, keys, {
      issuer: iam.dev.issuer,
      audience: iam.dev.issuer,
      algorithms: ['ES256'],
    });
    const { tenant, roles, permissions, acr, amr, client_id } = verified.payload;
    assert.deepEqual(
      { tenant, roles, permissions, acr, amr, client_id },
      {
        tenant: iam.dev.tenant,
        roles: ['clerk'],
        permissions: ['order.read', 'order.write'],
        acr: 'pwd',
        amr: ['pwd'],
        client_id: iam.dev.client_id,
      },
    );
    await jwtVerify(tokens.id_token, keys, { issuer: iam.dev.issuer, audience: iam.dev.client_id });
  });

  test('what it answers is what the components answer', async () => {
    const json = { 'content-type': 'application/json' };
    const asked = [
      ['/.well-known/openid-configuration', {}],
      ['/.well-known/oauth-authorization-server', {}],
      ['/.well-known/jwks.json', {}],
      ['/healthz', { method: 'POST' }],
      ['/healthz', { method: 'PROPFIND' }],
      ['/auth/login', { method: 'POST', headers: json, body: '{"tenant":' }],
      ['/auth/login', { method: 'POST', headers: json, body: '{}' }],
      ['/auth/login', { method: 'POST', headers: json }],
      ['/auth/login', { method: 'POST', body: JSON.stringify(loginBody(iam)) }],
      ['/auth/login', { method: 'POST', headers: json, body: JSON.stringify(loginBody(iam, { password: 'wrong' })) }],
      ['/auth/login', { method: 'POST', headers: json, body: JSON.stringify(loginBody(iam, { client_id: 'nobody' })) }],
      ['/auth/refresh', { method: 'POST', headers: json, body: '{"client_id":"x","refresh_token":"y"}' }],
      ['/oauth2/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'password' }) }],
      ['/oauth2/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', client_id: 'y' }) }],
      ['/internal/token-hook', { method: 'POST', headers: json, body: '{}' }],
    ];
    for (const [path, init] of asked) {
      const [ours, theirs] = await Promise.all([call(worker, path, init), call(iam, path, init)]);
      const told = ({ status, headers, body }) => {
        const named = ['content-type', 'cache-control', 'allow', 'www-authenticate', 'access-control-allow-origin'];
        if (body) delete body.trace_id;
        // Hydra has no order of its keys.
        body?.keys?.sort((a, b) => a.kid.localeCompare(b.kid));
        return { status, body, ...Object.fromEntries(named.map((name) => [name, headers.get(name)])) };
      };
      assert.deepEqual(told(ours), told(theirs), `${init.method ?? 'GET'} ${path}`);
    }
  });

  test('there is no more than is public', async () => {
    for (const path of ['/', '/nowhere', '/password/hash', '/password/verify', '/admin/clients', '/oauth2/fallbacks/login']) {
      assertProblem(await post(worker, path, { password: 'guess' }), 404, 'not_found');
    }
  });

  test('a wrong password is refused, as an unknown user is', async () => {
    assertProblem(await login(worker, { password: 'wrong' }), 401, 'invalid_credentials');
    assertProblem(await login(worker, { username: 'nobody' }), 401, 'invalid_credentials');
  });

  test('a hash that the Worker made is one that the components verify', async () => {
    const id = await addUser(iam, 'settler');
    const weak = await iam.db.execute({ sql: 'select hash from credentials where user_id = ?', args: [id] });
    assert.match(weak.rows[0].hash, /m=7168,t=5/);
    const strict = await startWorker(iam, { vars: { PASSWORD_MEMORY_KIB: '12288', PASSWORD_ITERATIONS: '3' } });
    try {
      succeeded(await login(strict, { username: 'settler' }));
    } finally {
      await strict.stop();
    }
    const { rows } = await iam.db.execute({ sql: 'select hash from credentials where user_id = ?', args: [id] });
    assert.match(rows[0].hash, /m=12288,t=3/);
    succeeded(await login(iam, { username: 'settler' }));
    assertProblem(await login(iam, { username: 'settler', password: 'wrong' }), 401, 'invalid_credentials');
  });

  test('a variable may be a number', async () => {
    const config = join(newDir(), 'wrangler.toml');
    const main = JSON.stringify(join(ROOT, 'components/worker/worker.mjs'));
    // Fewer passes than are allowed: had it not been read, the login would go on.
    writeFileSync(config, `name = "iam"\nmain = ${main}\ncompatibility_date = "2026-04-01"\nvars = { PASSWORD_ITERATIONS = 4 }\n`);
    const careless = await startWorker(iam, { configs: [config] });
    try {
      assertProblem(await login(careless), 500, 'internal');
      await eventually(() => careless.logs().includes('password_iterations'));
    } finally {
      await careless.stop();
    }
  });

  test('a body of 10 MB is refused, announced or not, and the next login is served', async () => {
    const headers = { 'content-type': 'application/json' };
    const announced = { ...headers, 'content-length': String(TEN_MEGABYTES) };
    for (const sent of [announced, headers]) {
      const answer = await rawRequest(worker, { path: '/auth/login', headers: sent, write: (r) => r.end(Buffer.alloc(TEN_MEGABYTES, 'a')) });
      assertProblem(answer, 413, 'payload_too_large');
    }
    succeeded(await login(worker));
  });

  test('a refresh token is used up by its use', async () => {
    const first = await tokensOf(worker);
    const second = succeeded(await refresh(worker, first.refresh_token));
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.notEqual(payload(second.access_token).jti, payload(first.access_token).jti);
    await graceIsOver(iam);
    assertProblem(await refresh(worker, first.refresh_token), 401, 'invalid_grant');
    assertProblem(await refresh(worker, second.refresh_token), 401, 'invalid_grant');
  });

  test('the token endpoint takes a refresh token', async () => {
    const { refresh_token } = await tokensOf(worker);
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: iam.dev.client_id });
    const tokens = succeeded(await call(worker, '/oauth2/token', { method: 'POST', body }));
    assert.equal(payload(tokens.access_token).tenant, iam.dev.tenant);
  });

  test('a logout revokes the tokens of its login', async () => {
    const tokens = await tokensOf(worker);
    const answer = await logout(worker, tokens.refresh_token);
    assert.deepEqual([answer.status, answer.text], [204, '']);
    assert.equal(await isActive(iam, tokens.access_token), false);
    assertProblem(await refresh(worker, tokens.refresh_token), 401, 'invalid_grant');
  });

  test('the token hook answers Hydra, and nobody without the key', async () => {
    const { sub, tenant, acr, amr } = payload((await tokensOf(worker)).access_token);
    const hook = {
      session: { id_token: { subject: sub }, extra: { tenant, acr, amr } },
      request: { client_id: iam.dev.client_id, grant_types: ['refresh_token'], granted_scopes: ['openid'] },
    };
    const ask = (headers) => post(worker, '/internal/token-hook', hook, headers);
    assertProblem(await ask({}), 404, 'not_found');
    const answer = succeeded(await ask({ 'x-token-hook-key': iam.state.token_hook_key }));
    assert.deepEqual(answer.session.access_token.roles, ['clerk']);
  });

  test('many logins at once do not disturb each other', async () => {
    const wrong = Array.from({ length: 20 }, (_, i) => login(worker, { username: `nobody-${i}` }));
    const [tokens, ...refusals] = await Promise.all([tokensOf(worker), ...wrong]);
    assert.equal(payload(tokens.access_token).tenant, iam.dev.tenant);
    const traces = refusals.map((answer) => assertProblem(answer, 401, 'invalid_credentials').trace_id);
    assert.equal(new Set(traces).size, 20);
  });

  test('no password and no token of a store is in its log', () => {
    const { database_token, redis_token, token_hook_key } = iam.state;
    for (const secret of [iam.dev.password, database_token, redis_token, token_hook_key]) {
      assert.ok(!worker.logs().includes(secret));
    }
  });
});
