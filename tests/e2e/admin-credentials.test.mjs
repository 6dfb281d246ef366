// A credential that was good once, or is good for something else, opens nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SignJWT, UnsecuredJWT, generateKeyPair } from 'jose';
import {
  Caller, addAdmin, addPerson, addRole, addTenant, done, fresh, loginTo, operator, serviceAccount, user,
} from './admin.mjs';
import { assertProblem, payload, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';

describe('credentials of the admin API', () => {
  let iam, demo;
  before(async () => {
    iam = await startIam();
    demo = operator(iam, 'demo');
  });
  after(() => iam?.stop());

  const isGood = async (caller) => done(await caller.get('me'));
  const isNobody = async (caller) => assertProblem(await caller.get('me'), 401, 'unauthenticated');
  const bearer = (text) => new Caller(iam, text);

  test('a user by an access token, and a service account by its key, are told who they are', async () => {
    const admin = await isGood(await user(iam, 'admin'));
    assert.deepEqual([admin.tenant, admin.operator], ['demo', false]);
    const key = await isGood(await serviceAccount(demo, ['iam.users.read']));
    assert.deepEqual([key.tenant, key.permissions, key.operator], ['demo', ['iam.users.read'], false]);
    const root = await isGood(operator(iam));
    assert.deepEqual([root.tenant, root.operator], ['system', true]);
  });

  test('a key that is revoked, deleted or expired is nobody\'s', async () => {
    const [revoked, deleted, expired] = await Promise.all(
      ['revoked', 'deleted', 'expired'].map((name) => serviceAccount(demo, ['iam.users.read'], name)),
    );
    for (const key of [revoked, deleted, expired]) await isGood(key);
    done(await demo.post(`api-keys/${revoked.id}:revoke`));
    done(await demo.remove(`api-keys/${deleted.id}`));
    await iam.db.execute({ sql: 'update api_keys set expires_at = ? where id = ?', args: [Date.now() - 1, expired.id] });
    for (const key of [revoked, deleted, expired]) await isNobody(key);
  });

  test('a key works until the moment in which it expires', async () => {
    const expires_at = new Date(Date.now() + 2_000).toISOString();
    const made = await demo.make('api-keys', { name: 'short', permissions: ['iam.users.read'], expires_at });
    const key = bearer(made.key);
    await isGood(key);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expires_at) - Date.now() + 50));
    await isNobody(key);
  });

  test('nobody of a suspended or a deleted tenant is let in, by key or token, and all are when it is back', async () => {
    const tenant = await addTenant(iam);
    const admin = await addAdmin(iam, tenant);
    const key = await serviceAccount(tenant.operator, ['iam.users.read']);
    const root = operator(iam);
    for (const [shut, open] of [
      [() => root.post(`tenants/${tenant.name}:suspend`), ['activate']],
      [() => root.remove(`tenants/${tenant.name}`), ['restore', 'activate']],
    ]) {
      done(await shut());
      await isNobody(key);
      await isNobody(admin);
      for (const verb of open) done(await root.post(`tenants/${tenant.name}:${verb}`));
      await isGood(key);
      await isGood(admin);
    }
  });

  test('the good token of a user who is locked, disabled or deleted opens nothing', async () => {
    const tenant = await addTenant(iam);
    for (const [shut, open] of [
      [(id) => tenant.operator.post(`users/${id}:lock`), ['unlock']],
      [(id) => tenant.operator.post(`users/${id}:disable`), ['enable']],
      [(id) => tenant.operator.remove(`users/${id}`), ['restore', 'enable']],
    ]) {
      const admin = await addAdmin(iam, tenant);
      await isGood(admin);
      done(await shut(admin.id));
      await isNobody(admin);
      for (const verb of open) done(await tenant.operator.post(`users/${admin.id}:${verb}`));
      await isGood(admin);
    }
  });

  test('who loses a role administers nothing with the token they have', async () => {
    const tenant = await addTenant(iam);
    const role = await addRole(tenant.operator, ['iam.users.read']);
    const person = await addPerson(tenant.operator, { roles: [role.id] });
    const caller = await user(iam, person.username, loginTo(tenant, person.username));
    done(await caller.get('users'));
    done(await tenant.operator.remove(`users/${person.id}/roles/${role.id}`));
    assertProblem(await caller.get('users'), 403, 'permission_denied');
    assert.deepEqual((await isGood(caller)).permissions, []);
  });

  test('an ID token and a refresh token are no access tokens', async () => {
    const tokens = await tokensOf(iam, { username: 'admin' });
    await isGood(bearer(tokens.access_token));
    await isNobody(bearer(tokens.id_token));
    await isNobody(bearer(tokens.refresh_token));
    const next = succeeded(await refresh(iam, tokens.refresh_token));
    await isGood(bearer(next.access_token));
  });

  test('a token that others signed, or nobody, is nobody\'s', async () => {
    const { access_token } = await tokensOf(iam, { username: 'admin' });
    const claims = payload(access_token);
    const header = JSON.parse(Buffer.from(access_token.split('.')[0], 'base64url'));
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const sign = (change, more = {}) =>
      new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...header, ...more }).sign(privateKey);
    await isNobody(bearer(await sign({})));
    await isNobody(bearer(await sign({ iss: 'https://evil.example' })));
    await isNobody(bearer(await sign({}, { kid: 'unknown' })));
    await isNobody(bearer(new UnsecuredJWT(claims).encode()));
    // RFC 8725 §2.1: the public key as the secret of a MAC.
    const jwks = await (await fetch(iam.dev.jwks_uri)).text();
    const mac = new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' });
    await isNobody(bearer(await mac.sign(new TextEncoder().encode(jwks))));
    const embedded = await sign({}, { jwk: publicKey.export?.({ format: 'jwk' }) });
    await isNobody(bearer(embedded));
    const [head, , signature] = access_token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, tenant: 'system' })).toString('base64url');
    await isNobody(bearer([head, forged, signature].join('.')));
    await isNobody(bearer(access_token.slice(0, -4)));
  });

  test('a key is not told again and is not kept', async () => {
    const made = await demo.make('api-keys', { name: fresh('key'), permissions: ['iam.users.read'] });
    assert.match(made.key, /^iam_/);
    const secretPart = made.key.split('_').at(-1);
    const told = JSON.stringify([await demo.read(`api-keys/${made.id}`), await demo.all('api-keys')]);
    assert.ok(!told.includes(secretPart));
    const { rows } = await iam.db.execute('select * from api_keys');
    assert.ok(!JSON.stringify(rows).includes(secretPart));
    assert.ok(!iam.logs().includes(secretPart));
  });
});
