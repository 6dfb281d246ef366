import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, loginBody, payload, post, rawRequest, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const PRIVATE_HOSTS = [
  'password.spin.internal', 'password.spin.internal:80', 'PASSWORD.SPIN.INTERNAL', 'password', 'token-hook.spin.internal',
];

describe('what is private', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('no path and no Host header leads to the password component', async () => {
    const body = JSON.stringify({ password: 'guess' });
    for (const path of ['/password/hash', '/password/verify', '/password', '//password/hash', '/auth/../password/hash']) {
      for (const host of ['localhost', ...PRIVATE_HOSTS]) {
        const answer = await rawRequest(iam, { path, headers: { ...JSON_TYPE, host }, write: (r) => r.end(body) });
        assert.equal(answer.status, 404, `${host} ${path}: ${answer.text}`);
        assert.doesNotMatch(answer.text, /argon2|verdict|hash/i);
      }
      // RFC 9112 §3.2.2: the absolute form of a target, as sent to a proxy.
      const target = `http://password.spin.internal${path}`;
      const answer = await rawRequest(iam, { path: target, headers: JSON_TYPE, write: (r) => r.end(body) });
      assert.equal(answer.status, 404, `${target}: ${answer.text}`);
    }
  });

  test('a Host header of another name changes neither the routes nor what tokens and metadata say', async () => {
    for (const host of ['evil.example', 'localhost', 'iam.internal:1']) {
      const tokens = await rawRequest(iam, {
        path: '/auth/login',
        headers: { ...JSON_TYPE, host },
        write: (r) => r.end(JSON.stringify(loginBody(iam))),
      });
      assert.equal(tokens.status, 200, `${host}: ${tokens.text}`);
      assert.equal(payload(tokens.body.access_token).iss, iam.dev.issuer);
      const path = '/.well-known/openid-configuration';
      const metadata = await rawRequest(iam, { path, method: 'GET', headers: { host } });
      assert.equal(metadata.body.issuer, iam.dev.issuer);
    }
  });

  test('the token hook is not there for whoever lacks the key', async () => {
    const { access_token } = await tokensOf(iam);
    const { sub, tenant, acr, amr } = payload(access_token);
    const hook = {
      session: { id_token: { subject: sub }, extra: { tenant, acr, amr } },
      request: { client_id: iam.dev.client_id, grant_types: ['refresh_token'], granted_scopes: ['openid', 'offline_access'] },
    };
    const ask = (headers) => post(iam, '/internal/token-hook', hook, headers);
    const key = iam.state.token_hook_key;
    for (const headers of [{}, ...['', 'x', key.slice(1), `${key}x`].map((k) => ({ 'x-token-hook-key': k }))]) {
      assertProblem(await ask(headers), 404, 'not_found');
    }
    // The same request with the key, so that the refusals above are the key's doing.
    const answer = await ask({ 'x-token-hook-key': key });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.session.access_token.roles, ['clerk']);
  });

  test('what is behind us listens on loopback only, and the database wants its token', async () => {
    const { hydra_public_url, hydra_admin_url, database_origin, redis_origin } = iam.state;
    for (const url of [hydra_public_url, hydra_admin_url, database_origin, redis_origin]) {
      assert.equal(new URL(url).hostname, '127.0.0.1');
    }
    const body = JSON.stringify({ requests: [{ type: 'execute', stmt: { sql: 'select hash from credentials' } }] });
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: `Basic ${iam.state.database_token}` }]) {
      const answer = await fetch(new URL('/v3/pipeline', database_origin), { method: 'POST', headers, body });
      assert.equal(answer.status, 401);
      const redis = await fetch(new URL('/', redis_origin), { method: 'POST', headers, body: '["GET","x"]' });
      assert.equal(redis.status, 401);
    }
  });
});
