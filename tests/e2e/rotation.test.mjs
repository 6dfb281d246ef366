// Rotation of the keys that tokens are signed with, as a client sees it that fetched them once. A key
// is published for seconds here before it signs, not for an hour.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { addPerson, addTenant, done, loginTo, operator } from './admin.mjs';
import { call, isActive, logout, refresh, succeeded, tokensOf } from './client.mjs';
import { eventually, startIam } from './harness.mjs';
import { addApp, addService, basic, codeFor, codeForm, form, token } from './oauth.mjs';

const PUBLISH = { SPIN_VARIABLE_SIGNING_KEY_PUBLISH_SECONDS: '4' };

describe('rotation of signing keys', () => {
  let iam, system, tenant, person, app, service;
  before(async () => {
    iam = await startIam({ env: PUBLISH });
    system = operator(iam);
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator);
    app = await addApp(tenant);
    service = await addService(tenant);
  });
  after(() => iam?.stop());

  const published = async () => succeeded(await call(iam, '/.well-known/jwks.json'));
  const keys = () => system.all('signing-keys');
  const inState = async (state) => (await keys()).filter((key) => key.state === state);
  const kidOf = (jwt) => decodeProtectedHeader(jwt).kid;
  const active = async () => (await inState('active'))[0].kid;
  const rotate = async (body = {}) => done(await system.post('signing-keys:rotate', body));
  const login = () => tokensOf(iam, loginTo(tenant, person.username));
  const introspect = async (token) =>
    succeeded(await form(iam, 'introspect', { token }, basic(service.id, service.client_secret))).active;

  /** A client that has these keys, picks by `kid` and never fetches again. */
  const client = (jwks) => {
    const local = createLocalJWKSet(jwks);
    return async (tokens) => {
      const known = { issuer: iam.dev.issuer, algorithms: ['ES256'] };
      await jwtVerify(tokens.access_token, local, { ...known, audience: iam.dev.issuer, typ: 'at+jwt' });
      if (tokens.id_token) await jwtVerify(tokens.id_token, local, known);
      return tokens;
    };
  };

  /** Waits until the next key signs. */
  const activation = (kid) => eventually(async () => (await active()) === kid, { within: 30_000 });

  const redeem = async (code) => succeeded(await token(iam, codeForm(code, { client_id: app.id })));

  test('whoever fetched the keys before a key signs verifies all that is issued before, then and after', async () => {
    const session = await login();
    const asBefore = kidOf(session.access_token);
    for (let round = 0; round < 2; round++) {
      const next = await rotate();
      assert.equal(next.state, 'next');
      const verify = client(await published());
      const old = await verify(await login());
      const codes = [await codeFor(iam, tenant, person, app.id), await codeFor(iam, tenant, person, app.id)];
      const issue = async () => {
        Object.assign(session, await verify(succeeded(await refresh(iam, session.refresh_token, tenant.client_id))));
        await verify(await login());
        const redeemed = await verify(await redeem(codes.pop()));
        const form = { grant_type: 'refresh_token', client_id: app.id, refresh_token: redeemed.refresh_token };
        await verify(succeeded(await token(iam, form)));
        const own = { grant_type: 'client_credentials' };
        return verify(succeeded(await token(iam, own, basic(service.id, service.client_secret))));
      };
      await issue();
      await activation(next.kid);
      const fresh = await issue();
      assert.equal(kidOf(fresh.access_token), next.kid);
      // A session from before is signed by the new key, and says so.
      assert.deepEqual([kidOf(session.access_token), kidOf(session.id_token)], [next.kid, next.kid]);
      await verify(old);
      await client(await published())(old);
    }
    assert.notEqual(kidOf(session.access_token), asBefore);
  });

  test('a token from before a rotation is introspected, used and revoked after it', async () => {
    const [tokens, other] = [await login(), await login()];
    const userinfo = (bearer) => call(iam, '/oauth2/userinfo', { headers: { authorization: `Bearer ${bearer}` } });
    await activation((await rotate()).kid);
    done(await system.post('signing-keys:advance'));
    assert.notEqual(kidOf(tokens.access_token), await active());
    for (const { access_token } of [tokens, await login()]) {
      assert.equal(await introspect(access_token), true);
      assert.equal(succeeded(await userinfo(access_token)).sub, person.id);
    }
    assert.equal((await logout(iam, tokens.access_token, tenant.client_id)).status, 204);
    assert.equal(await introspect(tokens.access_token), false);
    assert.equal(await isActive(iam, tokens.refresh_token), false);
    assert.equal((await userinfo(tokens.access_token)).status, 401);
    assert.equal(await introspect(other.access_token), true);
  });

  test('an ID token from before a rotation is a hint after it', async () => {
    const bye = 'http://127.0.0.1:3000/bye';
    const client = await addApp(tenant, { post_logout_redirect_uris: [bye] });
    const code = codeForm(await codeFor(iam, tenant, person, client.id), { client_id: client.id });
    const { id_token, access_token } = succeeded(await token(iam, code));
    await activation((await rotate()).kid);
    done(await system.post('signing-keys:advance'));
    const end = (id_token_hint) => {
      const query = new URLSearchParams({ id_token_hint, post_logout_redirect_uri: bye });
      return call(iam, `/oauth2/sessions/logout?${query}`, { redirect: 'manual' });
    };
    const good = await end(id_token);
    assert.equal(good.status, 303, good.text);
    assert.ok(good.headers.get('location').startsWith(bye), good.headers.get('location'));
    const [header, , signature] = id_token.split('.');
    const forged = `${header}.${Buffer.from('{"sub":"x"}').toString('base64url')}.${signature}`;
    for (const bad of [forged, access_token]) {
      const answer = await end(bad);
      assert.ok(!answer.headers.get('location')?.startsWith(bye), answer.headers.get('location'));
    }
  });

  test('rotations at once are one rotation, and to ask again is to ask once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => rotate()));
    const next = await inState('next');
    assert.equal(next.length, 1, JSON.stringify(next));
    assert.equal((await rotate()).kid, next[0].kid);
    assert.equal((await inState('next')).length, 1);
    await Promise.all(Array.from({ length: 5 }, async () => done(await system.post('signing-keys:advance'))));
    await activation(next[0].kid);
    assert.deepEqual((await inState('active')).map(({ kid }) => kid), [next[0].kid]);
    await client(await published())(await login());
  });

  test('the list says what each key does and when that changes', async () => {
    const next = await rotate();
    const all = await keys();
    assert.deepEqual((await published()).keys.map(({ kid }) => kid).sort(), all.map(({ kid }) => kid).sort());
    const signing = all.find(({ state }) => state === 'active');
    assert.equal(signing.retires_at, next.signs_from);
    assert.equal(Date.parse(signing.removable_at) - Date.parse(signing.retires_at), 25 * 60 * 60 * 1000);
    assert.equal(next.retires_at, undefined);
    assert.ok(all.every((key) => !('d' in key) && key.alg === 'ES256'));
    assert.deepEqual((await system.read('signing-keys', { limit: 1 })).items.length, 1);
    const [event] = await system.all('audit-events', { target: next.kid });
    assert.deepEqual([event.action, event.target.kind, event.details], ['signing_key.created', 'signing_key', { reason: 'command' }]);
  });

  test('how long the keys may be kept is less than they are published for', async () => {
    const short = await call(iam, '/.well-known/jwks.json');
    assert.equal(short.headers.get('cache-control'), 'public, max-age=0');
  });

  test('in an emergency the old keys are gone at once, and sessions go on', async () => {
    const before = await login();
    const cached = client(await published());
    const key = await rotate({ emergency: true });
    assert.equal(key.state, 'active');
    assert.deepEqual((await published()).keys.map(({ kid }) => kid), [key.kid]);
    assert.deepEqual((await keys()).map(({ kid }) => kid), [key.kid]);
    const verify = client(await published());
    await assert.rejects(verify(before), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
    assert.equal(await introspect(before.access_token), false);
    const after = await verify(succeeded(await refresh(iam, before.refresh_token, tenant.client_id)));
    assert.equal(await introspect(after.access_token), true);
    // Whoever keeps the keys has to fetch them once more.
    await assert.rejects(cached(after), { code: 'ERR_JWKS_NO_MATCHING_KEY' });
    const next = await rotate();
    const rotated = client(await published());
    await activation(next.kid);
    await rotated(await login());
  });
});

test('unless told otherwise, the keys may be kept for an hour', async () => {
  const iam = await startIam();
  try {
    const answer = await call(iam, '/.well-known/jwks.json');
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=3600');
    const [key] = (await operator(iam).read('signing-keys')).items;
    const next = done(await operator(iam).post('signing-keys:rotate', {}));
    assert.ok(Date.parse(next.signs_from) - Date.parse(next.created_at) >= 3_900_000, JSON.stringify({ key, next }));
  } finally {
    await iam.stop();
  }
});
