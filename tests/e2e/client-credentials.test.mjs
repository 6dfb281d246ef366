// Tokens that a client gets for itself (RFC 6749 §4.4).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Caller, addAdmin, addTenant, assertBeyond, done, fresh, operator } from './admin.mjs';
import { assertProblem, payload, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { addService, assertOAuthError, assertion, basic, keyPair, token } from './oauth.mjs';

describe('client credentials', () => {
  let iam, tenant;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
  });
  after(() => iam?.stop());

  const grant = (more = {}) => ({ grant_type: 'client_credentials', ...more });
  const ask = (service, more) => token(iam, grant(more), basic(service.id, service.client_secret));

  test('a client gets a token that says what it is, and nothing of a login', async () => {
    await tenant.operator.post('permissions', { permission: 'order.read' });
    const service = await addService(tenant, { scope: 'order.read order.write orders' });
    const answer = await ask(service);
    const body = succeeded(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'scope', 'token_type']);
    assert.equal(body.token_type, 'Bearer');
    const keys = createRemoteJWKSet(new URL(iam.dev.jwks_uri));
    const { payload: claims } = await jwtVerify(body.access_token, keys, {
      issuer: iam.dev.issuer, audience: iam.dev.issuer, algorithms: ['ES256'],
    });
    const { iss, aud, exp, iat, nbf, jti, scope, orig_jws, ...ours } = claims;
    assert.deepEqual(aud, [iam.dev.issuer]);
    assert.deepEqual(scope.split(' ').sort(), ['order.read', 'order.write', 'orders']);
    // Its permissions are what its scope names of the tenant's catalogue; `order.write` is not in it.
    assert.deepEqual(ours, {
      sub: service.id, client_id: service.id, tenant: tenant.name, roles: [], permissions: ['order.read'],
    });
  });

  test('it gets what it asks for within what it may ask for', async () => {
    const service = await addService(tenant, { scope: 'a b' });
    assert.equal(succeeded(await ask(service, { scope: 'a' })).scope, 'a');
    assert.equal(payload(succeeded(await ask(service, { scope: 'b' })).access_token).scope, 'b');
    assertOAuthError(await ask(service, { scope: 'a c' }), 400, 'invalid_scope');
  });

  test('each way to prove itself works, and no other than its own', async () => {
    const key = await keyPair();
    const methods = {
      client_secret_basic: ({ id, client_secret }) => [grant(), basic(id, client_secret)],
      client_secret_post: ({ id, client_secret }) => [grant({ client_id: id, client_secret })],
      private_key_jwt: async ({ id }) => [grant(await assertion(iam, id, key))],
      none: ({ id }) => [grant({ client_id: id })],
    };
    for (const own of ['client_secret_basic', 'client_secret_post', 'private_key_jwt']) {
      const jwks = own === 'private_key_jwt' ? { jwks: key.jwks } : {};
      const service = await addService(tenant, { token_endpoint_auth_method: own, ...jwks });
      for (const [method, request] of Object.entries(methods)) {
        const answer = await token(iam, ...(await request({ client_secret: 'made-up', ...service })));
        if (method === own) succeeded(answer);
        else assertOAuthError(answer, 401, 'invalid_client');
      }
    }
  });

  test('a wrong secret and an unknown client are the same answer', async () => {
    const service = await addService(tenant);
    const wrong = assertOAuthError(await token(iam, grant(), basic(service.id, 'wrong')), 401, 'invalid_client');
    const unknown = assertOAuthError(await token(iam, grant(), basic('nobody', 'wrong')), 401, 'invalid_client');
    assert.deepEqual(wrong, unknown);
    assertOAuthError(await token(iam, grant()), 401, 'invalid_client');
  });

  test('two ways at once are refused', async () => {
    const { id, client_secret } = await addService(tenant);
    const both = grant({ client_id: id, client_secret });
    assertOAuthError(await token(iam, both, basic(id, client_secret)), 400, 'invalid_request');
    assertOAuthError(await token(iam, grant({ client_id: 'other' }), basic(id, client_secret)), 400, 'invalid_request');
  });

  for (const alg of ['ES256', 'RS256', 'PS256', 'ES384']) {
    test(`an assertion is signed with ${alg}`, async () => {
      const key = await keyPair(alg);
      const service = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
      assert.equal(service.client_secret, undefined);
      succeeded(await token(iam, grant(await assertion(iam, service.id, key))));
    });
  }

  test('a key need not say what it is for', async () => {
    const key = await keyPair();
    const [{ use, alg, ...bare }] = key.jwks.keys;
    const service = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [bare] } });
    succeeded(await token(iam, grant(await assertion(iam, service.id, key))));
  });

  test('an assertion is for us, of the client, of now, and works once', async () => {
    const [key, other] = [await keyPair(), await keyPair()];
    const service = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
    const send = async (change, by = key) => token(iam, grant(await assertion(iam, service.id, by, change)));
    // RFC 7523 §3: the issuer or the token endpoint.
    for (const aud of [iam.dev.issuer, `${iam.dev.issuer}/oauth2/token`, ['https://a.example', iam.dev.issuer]]) {
      succeeded(await send({ aud }));
    }
    const now = Math.floor(Date.now() / 1000);
    for (const change of [
      { aud: 'https://elsewhere.example' }, { aud: iam.state.hydra_public_url }, { iss: 'other' }, { sub: 'nobody' },
      { exp: now - 120 }, { jti: '' },
    ]) {
      assertOAuthError(await send(change), 401, 'invalid_client');
    }
    // Another's key under the client's own kid.
    assertOAuthError(await send({}, { ...other, kid: key.kid }), 401, 'invalid_client');

    const once = grant(await assertion(iam, service.id, key));
    succeeded(await token(iam, once));
    assertOAuthError(await token(iam, once), 401, 'invalid_client');
  });

  test('an assertion that is not signed, or with what is public, is refused', async () => {
    const key = await keyPair();
    const service = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
    const { client_assertion_type, client_assertion } = await assertion(iam, service.id, key);
    const [, claims, signature] = client_assertion.split('.');
    const head = (header) => Buffer.from(JSON.stringify(header)).toString('base64url');
    for (const forged of [
      `${head({ alg: 'none' })}.${claims}.`, `${head({ alg: 'none', kid: key.kid })}.${claims}.${signature}`,
      `${head({ alg: 'HS256', kid: key.kid })}.${claims}.${signature}`, 'x', 'x.y.z',
    ]) {
      assertOAuthError(await token(iam, grant({ client_assertion_type, client_assertion: forged })), 401, 'invalid_client');
    }
    const type = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    assertOAuthError(await token(iam, grant({ client_assertion_type: type, client_assertion })), 400, 'invalid_request');
  });

  test('a token is for the resources that are asked for, which the client must have', async () => {
    const resources = ['https://orders.example/api', 'urn:example:stock'];
    const service = await addService(tenant, { resources });
    const aud = async (...asked) => {
      const fields = [...Object.entries(grant()), ...asked.map((resource) => ['resource', resource])];
      return payload(succeeded(await token(iam, fields, basic(service.id, service.client_secret))).access_token).aud;
    };
    assert.deepEqual(await aud(), [iam.dev.issuer]);
    assert.deepEqual(await aud(resources[0]), [resources[0]]);
    assert.deepEqual((await aud(...resources)).sort(), [...resources].sort());
    for (const resource of ['https://other.example/', `${resources[0]}/deeper`, 'https://orders.example/', 'no uri']) {
      assertOAuthError(await ask(service, { resource }), 400, 'invalid_target');
    }
  });

  test('a client that may not use the grant is told so', async () => {
    const service = await addService(tenant, {
      grant_types: ['authorization_code'], redirect_uris: ['http://127.0.0.1:3000/callback'],
    });
    assertOAuthError(await ask(service), 400, 'unauthorized_client');
  });

  test('the clients of a suspended tenant get nothing', async () => {
    const other = await addTenant(iam);
    const service = await addService(other);
    done(await operator(iam).post(`tenants/${other.name}:suspend`));
    assertOAuthError(await ask(service), 400, 'unauthorized_client');
    done(await operator(iam).post(`tenants/${other.name}:activate`));
    succeeded(await ask(service));
  });

  test('a policy decides for clients too, and knows that there is no user', async () => {
    const other = await addTenant(iam);
    const [good, bad] = [await addService(other), await addService(other, { scope: 'orders admin' })];
    const source = `package iam.policy
default allow := false
allow if { input.request.grant == "client_credentials"; not input.user }
deny contains "admin_scope" if "admin" in input.request.scope
claims := {"kind": "service"}`;
    const policy = await other.operator.make('policies', { source });
    done(await other.operator.post(`policies/${policy.id}:activate`));
    assert.deepEqual(payload(succeeded(await ask(good)).access_token).claims, { kind: 'service' });
    assertOAuthError(await ask(bad), 400, 'unauthorized_client');
  });

  test('nobody makes a client that holds what they do not', async () => {
    const admin = await addAdmin(iam, tenant, ['iam.clients.write']);
    const body = (scope, grant_types = ['client_credentials']) =>
      ({ id: fresh('c'), grant_types, token_endpoint_auth_method: 'client_secret_basic', scope });
    assertBeyond(await admin.post('clients', body('order.read')));
    assertBeyond(await admin.post('clients', body('iam.users.read')));
    done(await admin.post('clients', body('orders')));
  });

  test('a client’s id is not that of a user', async () => {
    const id = '01890a5d-ac96-774b-bcce-b302099a8057';
    const answer = await tenant.operator.post('clients', { id, scope: 'openid', redirect_uris: ['http://127.0.0.1:3000/callback'] });
    assertProblem(answer, 400, 'invalid_request');
  });

  test('a client’s token administers nothing', async () => {
    const service = await addService(tenant, { scope: 'iam.users.read' });
    const caller = new Caller(iam, succeeded(await ask(service)).access_token);
    assertProblem(await caller.get('users'), 401, 'unauthenticated');
  });
});
