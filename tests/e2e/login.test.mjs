import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { argon2id } from 'hash-wasm';
import { assertProblem, login, loginBody, payload, pointers, post, succeeded, tokensOf } from './client.mjs';
import { addClient, addTenant, addUser, demoTenantId, setTenantStatus, setUserStatus } from './fixtures.mjs';
import { startIam } from './harness.mjs';

describe('login', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('the right password gets tokens in one answer that no cache keeps', async () => {
    const answer = await login(iam);
    const body = succeeded(answer);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(body).sort(), [
      'access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'status', 'token_type',
    ]);
    assert.equal(body.status, 'complete');
    assert.equal(body.token_type, 'Bearer');
    assert.ok(Number.isInteger(body.expires_in) && body.expires_in > 0 && body.expires_in <= 900, body.expires_in);
    assert.deepEqual(body.scope.split(' ').sort(), ['offline_access', 'openid', 'profile']);
  });

  test('a scope that asks for less gets less', async () => {
    const openid = await tokensOf(iam, { scope: 'openid' });
    assert.equal(openid.scope, 'openid');
    assert.equal(openid.refresh_token, undefined);
    assert.equal(payload(openid.id_token).preferred_username, undefined);
    const offline = await tokensOf(iam, { scope: 'offline_access' });
    assert.equal(offline.id_token, undefined);
    assert.match(offline.refresh_token, /./);
    const nothing = await tokensOf(iam, { scope: '' });
    assert.deepEqual([nothing.scope, nothing.id_token, nothing.refresh_token], ['', undefined, undefined]);
  });

  test('a scope that is null is one that was not given', async () => {
    assert.match((await tokensOf(iam, { scope: null })).scope, /openid/);
  });

  test('a scope beyond what the client may ask for is refused by name', async () => {
    const problem = assertProblem(await login(iam, { scope: 'openid admin' }), 400, 'invalid_scope');
    assert.deepEqual(pointers(problem), ['/scope']);
    assert.match(problem.errors[0].detail, /admin/);
  });

  test('a username is the same in capitals and in full width', async () => {
    const sub = async (username) => payload((await tokensOf(iam, { username })).access_token).sub;
    const alice = await sub('alice');
    assert.equal(await sub('ALICE'), alice);
    assert.equal(await sub('Ａｌｉｃｅ'), alice);
  });

  test('a password has case, and blanks at its ends count', async () => {
    const { password } = iam.dev;
    const swapped = password.replace(/[a-z]/i, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));
    for (const wrong of [swapped, ` ${password}`, `${password} `, `${password}\n`]) {
      assertProblem(await login(iam, { password: wrong }), 401, 'invalid_credentials');
    }
  });

  test('a wrong password and an unknown user get the same answer but for its trace id', async () => {
    const wrong = await login(iam, { password: 'wrong' });
    const unknown = await login(iam, { username: 'nobody', password: 'wrong' });
    const strip = ({ trace_id, ...rest }) => rest;
    assert.deepEqual(
      strip(assertProblem(wrong, 401, 'invalid_credentials')),
      strip(assertProblem(unknown, 401, 'invalid_credentials')),
    );
    const names = (answer) => [...answer.headers.keys()].sort();
    assert.deepEqual(names(wrong), names(unknown));
    assert.equal(wrong.headers.get('content-length'), unknown.headers.get('content-length'));
  });

  test('a wrong password and an unknown user take the same time', async (t) => {
    const times = { wrong: [], unknown: [] };
    const measure = async (kind, change) => {
      const start = performance.now();
      assertProblem(await login(iam, { password: 'wrong', ...change }), 401, 'invalid_credentials');
      times[kind].push(performance.now() - start);
    };
    for (let i = 0; i < 4; i += 1) await login(iam); // Warm-up.
    // Interleaved, so that a machine that slows down slows both.
    for (let i = 0; i < 30; i += 1) {
      await measure('wrong', {});
      await measure('unknown', { username: `nobody-${i}` });
    }
    const [wrong, unknown] = [median(times.wrong), median(times.unknown)];
    t.diagnostic(`median of 30: wrong password ${wrong.toFixed(1)} ms, unknown user ${unknown.toFixed(1)} ms`);
    // Without a hash for the unknown user the ratio would be far from 1.
    assert.ok(unknown / wrong > 0.7 && unknown / wrong < 1.4, `${unknown} ms and ${wrong} ms`);
  });

  test('a locked and a disabled user are told so, but only with the right password', async () => {
    for (const status of ['locked', 'disabled']) {
      const id = await addUser(iam, status, { status });
      assertProblem(await login(iam, { username: status }), 403, `user_${status}`);
      assertProblem(await login(iam, { username: status, password: 'wrong' }), 401, 'invalid_credentials');
      await setUserStatus(iam, id, 'active');
      succeeded(await login(iam, { username: status }));
    }
  });

  test('nobody of a suspended tenant gets in, and all do when it is active again', async () => {
    const id = await demoTenantId(iam);
    await setTenantStatus(iam, id, 'suspended');
    try {
      assertProblem(await login(iam), 403, 'tenant_suspended');
      assertProblem(await login(iam, { password: 'wrong' }), 401, 'invalid_credentials');
    } finally {
      await setTenantStatus(iam, id, 'active');
    }
    succeeded(await login(iam));
  });

  test('a client is known to its own tenant only', async () => {
    const tenantId = await addTenant(iam, 'acme');
    await addClient(iam, 'acme-app', { tenantId });
    const userId = await addUser(iam, 'wile', { tenantId, role: 'none' });
    assertProblem(await login(iam, { client_id: 'nobody-app' }), 400, 'unknown_client');
    assertProblem(await login(iam, { client_id: 'acme-app' }), 400, 'unknown_client');
    assertProblem(await login(iam, { tenant: 'acme', username: 'wile' }), 400, 'unknown_client');
    assertProblem(await login(iam, { tenant: 'nowhere' }), 400, 'unknown_client');

    const acme = await tokensOf(iam, { tenant: 'acme', username: 'wile', client_id: 'acme-app' });
    const { sub, tenant, roles } = payload(acme.access_token);
    assert.deepEqual({ sub, tenant, roles }, { sub: userId, tenant: 'acme', roles: [] });
  });

  test('a user of one tenant is nobody in another', async () => {
    const tenantId = await addTenant(iam, 'globex');
    await addClient(iam, 'globex-app', { tenantId });
    const answer = await login(iam, { tenant: 'globex', client_id: 'globex-app' });
    assertProblem(answer, 401, 'invalid_credentials');
  });

  test('a third-party client may not send a password', async () => {
    await addClient(iam, 'third-party', { firstParty: false });
    assertProblem(await login(iam, { client_id: 'third-party' }), 403, 'unauthorized_client');
  });

  test('a password of any characters, hashed by another implementation, is verified whole', async () => {
    const password = 'pässword\u0000 🔑 \u{1F9D1}\u200D\u{1F680} "\\';
    await setPassword(await addUser(iam, 'unicode'), password, { memorySize: 7168, iterations: 5 });
    succeeded(await login(iam, { username: 'unicode', password }));
    // Cut at the NUL, or at a character of four bytes.
    for (const wrong of ['pässword', 'pässword\u0000', 'pässword\u0000 ', password.replace('🔑', '🔒')]) {
      assertProblem(await login(iam, { username: 'unicode', password: wrong }), 401, 'invalid_credentials');
    }
  });

  test('a hash with old parameters is replaced at the next login', async () => {
    const id = await addUser(iam, 'veteran');
    await setPassword(id, 'long ago', { memorySize: 1024, iterations: 1 });
    assertProblem(await login(iam, { username: 'veteran', password: 'wrong' }), 401, 'invalid_credentials');
    assert.match(await hashOf(id), /m=1024,t=1,/);
    succeeded(await login(iam, { username: 'veteran', password: 'long ago' }));
    assert.match(await hashOf(id), /^\$argon2id\$v=19\$m=7168,t=5,p=1\$/);
    succeeded(await login(iam, { username: 'veteran', password: 'long ago' }));
  });

  test('what asks like SQL is just a name', async () => {
    // U+0027 and the like are not letters of a username, so the pointer names it.
    const problem = assertProblem(await login(iam, { username: "alice' or '1'='1" }), 400, 'invalid_request');
    assert.deepEqual(pointers(problem), ['/username']);
    assertProblem(await login(iam, { password: "' or '1'='1" }), 401, 'invalid_credentials');
  });

  test('200 logins at once: each gets tokens of its own, or is told to come back', async (t) => {
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: 200 }, () => login(iam)));
    const seconds = (performance.now() - start) / 1000;
    const good = answers.filter((answer) => answer.status === 200);
    const refused = answers.filter((answer) => answer.status !== 200);
    t.diagnostic(`${good.length} logins and ${refused.length} refusals in ${seconds.toFixed(1)} s`);
    for (const answer of refused) {
      assert.equal(answer.status, 503, answer.text);
      assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
    }
    assert.ok(good.length > 0);
    const distinct = (field) => new Set(good.map((answer) => answer.body[field])).size;
    assert.equal(distinct('access_token'), good.length);
    assert.equal(distinct('refresh_token'), good.length);
    succeeded(await login(iam));
  });

  test('a trace id that is given is the one that is answered', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const answer = await post(iam, '/auth/login', loginBody(iam, { password: 'wrong' }), { traceparent });
    assert.equal(assertProblem(answer, 401, 'invalid_credentials').trace_id, traceId);
  });

  async function setPassword(userId, password, cost) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const hash = await argon2id({ password, salt, parallelism: 1, hashLength: 32, outputType: 'encoded', ...cost });
    await iam.db.execute({ sql: 'update credentials set hash = ? where user_id = ?', args: [hash, userId] });
  }

  async function hashOf(userId) {
    const { rows } = await iam.db.execute({ sql: 'select hash from credentials where user_id = ?', args: [userId] });
    return rows[0].hash;
  }
});

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
