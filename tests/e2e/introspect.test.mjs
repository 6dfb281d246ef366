// Introspection (RFC 7662).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addRole, addTenant, done, loginTo } from './admin.mjs';
import { call, logout, originalOf, payload, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { addApp, addService, assertOAuthError, assertion, basic, codeFor, codeForm, form, keyPair, token } from './oauth.mjs';

describe('introspection', () => {
  let iam, tenant, person, service;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator);
    service = await addService(tenant);
  });
  after(() => iam?.stop());

  const tokens = (who = person) => tokensOf(iam, loginTo(tenant, who.username));
  const introspect = (token, by = service) => form(iam, 'introspect', { token }, basic(by.id, by.client_secret));
  const INACTIVE = { active: false };

  test('a good access token is told as it is now', async () => {
    const role = await addRole(tenant.operator, ['order.read']);
    const clerk = await addPerson(tenant.operator, { roles: [role.id] });
    const { access_token } = await tokens(clerk);
    const answer = await introspect(access_token);
    const body = succeeded(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { exp, iat, sub, aud, scope, client_id, iss } = payload(access_token);
    assert.ok(Math.abs(body.exp - exp) <= 1 && Math.abs(body.iat - iat) <= 1, `${answer.text}, ${exp}, ${iat}`);
    assert.deepEqual({ ...body, exp, iat, scope: body.scope.split(' ').sort() }, {
      active: true, iss, sub, aud, exp, iat, client_id, scope: scope.split(' ').sort(),
      token_type: 'Bearer', token_use: 'access_token',
      tenant: tenant.name, roles: [role.name], permissions: ['order.read'], acr: 'pwd', amr: ['pwd'],
    });
    done(await tenant.operator.remove(`users/${clerk.id}/roles/${role.id}`));
    assert.deepEqual(succeeded(await introspect(access_token)).roles, []);
    done(await tenant.operator.post(`users/${clerk.id}:disable`));
    assert.deepEqual(succeeded(await introspect(access_token)), INACTIVE);
  });

  test('a client’s own token is told, too', async () => {
    const own = succeeded(await token(iam, { grant_type: 'client_credentials' }, basic(service.id, service.client_secret)));
    const body = succeeded(await introspect(own.access_token));
    assert.deepEqual([body.active, body.sub, body.tenant, body.acr], [true, service.id, tenant.name, undefined]);
  });

  test('a refresh token is told to its own client alone', async () => {
    const app = await addApp(tenant, { token_endpoint_auth_method: 'client_secret_basic' });
    const code = codeForm(await codeFor(iam, tenant, person, app.id));
    const { refresh_token } = succeeded(await token(iam, code, basic(app.id, app.client_secret)));
    const body = succeeded(await introspect(refresh_token, app));
    assert.deepEqual([body.active, body.token_use, body.token_type], [true, 'refresh_token', undefined]);
    assert.deepEqual(succeeded(await introspect(refresh_token)), INACTIVE);
  });

  test('what is revoked, unknown, or of another tenant is inactive, and nothing more is said', async () => {
    const gone = await tokens();
    await logout(iam, gone.refresh_token, tenant.client_id);
    const others = await tokensOf(iam);
    const { id_token, access_token } = await tokens();
    const [head, body, signature] = access_token.split('.');
    const changed = Buffer.from(JSON.stringify({ ...payload(access_token), roles: ['admin'] })).toString('base64url');
    for (const token of [
      gone.access_token, gone.refresh_token, others.access_token, others.refresh_token, id_token, 'x', 'a.b.c',
      `${head}.${changed}.${signature}`, `e30.${body}.`,
    ]) {
      assert.deepEqual(succeeded(await introspect(token)), INACTIVE);
    }
  });

  test('a token without our signature is none, whatever is in it', async () => {
    const { access_token } = await tokens();
    const [head, body, signature] = access_token.split('.');
    // What the server behind us signed, as the token has it in a claim (ADR 0012).
    const inner = originalOf(access_token);
    assert.notEqual(inner, access_token);
    const other = (await tokens()).access_token.split('.')[2];
    for (const token of [inner, `${head}.${body}.`, `${head}.${body}.${other}`, `${access_token}x`]) {
      assert.deepEqual(succeeded(await introspect(token)), INACTIVE);
    }
    assert.equal(succeeded(await introspect(access_token)).active, true);
    assert.match(signature, /^[\w-]{86}$/);
  });

  test('only a confidential client that proves itself may ask', async () => {
    const { access_token } = await tokens();
    assertOAuthError(await form(iam, 'introspect', { token: access_token }, basic(service.id, 'wrong')), 401, 'invalid_client');
    assertOAuthError(await form(iam, 'introspect', { token: access_token }), 401, 'invalid_client');
    const publicClient = { token: access_token, client_id: tenant.client_id };
    assertOAuthError(await form(iam, 'introspect', publicClient), 401, 'invalid_client');
    const bearer = { authorization: `Bearer ${access_token}` };
    assertOAuthError(await form(iam, 'introspect', { token: access_token }, bearer), 401, 'invalid_client');
    assertOAuthError(await introspect(''), 400, 'invalid_request');
    assert.equal((await call(iam, '/oauth2/introspect')).status, 405);
  });

  test('a client with a key proves itself by an assertion, once', async () => {
    const key = await keyPair();
    const own = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
    const { access_token } = await tokens();
    const fields = { token: access_token, ...(await assertion(iam, own.id, key)) };
    assert.equal(succeeded(await form(iam, 'introspect', fields)).active, true);
    assertOAuthError(await form(iam, 'introspect', fields), 401, 'invalid_client');
  });
});
