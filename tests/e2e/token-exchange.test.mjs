// Token exchange (RFC 8693): delegation and impersonation.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { Caller, addPerson, addRole, addTenant, done, loginTo } from './admin.mjs';
import { assertProblem, isActive, logout, payload, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { ACCESS_TOKEN, EXCHANGE, addService, assertOAuthError, assertion, basic, keyPair, token } from './oauth.mjs';

describe('token exchange', () => {
  let iam, tenant, person, gateway;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator);
    gateway = await addGateway();
  });
  after(() => iam?.stop());

  const addGateway = (change) =>
    addService(tenant, { grant_types: [EXCHANGE], scope: 'openid offline_access profile', ...change });
  const tokens = async (who, scope = 'openid profile') =>
    (await tokensOf(iam, { ...loginTo(tenant, who.username), scope })).access_token;
  const exchange = (subject_token, more = {}, by = gateway) =>
    token(iam, { grant_type: EXCHANGE, subject_token, subject_token_type: ACCESS_TOKEN, ...more }, basic(by.id, by.client_secret));
  const exchanged = async (...args) => {
    const body = succeeded(await exchange(...args));
    return { ...body, claims: payload(body.access_token) };
  };
  const addStaff = async (...permissions) => {
    const role = await addRole(tenant.operator, permissions);
    return addPerson(tenant.operator, { roles: [role.id] });
  };

  test('a service acts in a user’s name, and the token says so', async () => {
    const role = await addRole(tenant.operator, ['order.read']);
    const clerk = await addPerson(tenant.operator, { roles: [role.id] });
    const body = succeeded(await exchange(await tokens(clerk)));
    assert.deepEqual(Object.keys(body).sort(), ['access_token', 'expires_in', 'issued_token_type', 'scope', 'token_type']);
    assert.deepEqual([body.issued_token_type, body.token_type, body.scope], [ACCESS_TOKEN, 'Bearer', 'profile']);
    const keys = createRemoteJWKSet(new URL(iam.dev.jwks_uri));
    const { payload: claims } = await jwtVerify(body.access_token, keys, { issuer: iam.dev.issuer, audience: iam.dev.issuer });
    const { iss, aud, exp, iat, nbf, jti, orig_jws, ...ours } = claims;
    assert.deepEqual(ours, {
      sub: clerk.id, act: { sub: gateway.id }, client_id: gateway.id, scope: 'profile', tenant: tenant.name,
      roles: [role.name], permissions: ['order.read'], acr: 'pwd', amr: ['pwd'],
    });
    assert.equal(await isActive(iam, body.access_token), true);
  });

  test('who acted before is told, too', async () => {
    const next = await addGateway();
    const first = await exchanged(await tokens(person));
    const second = await exchanged(first.access_token, {}, next);
    assert.deepEqual(second.claims.act, { sub: next.id, act: { sub: gateway.id } });
  });

  test('an actor token says who acts', async () => {
    const actor = await addPerson(tenant.operator);
    const given = { actor_token: await tokens(actor), actor_token_type: ACCESS_TOKEN };
    assert.deepEqual((await exchanged(await tokens(person), given)).claims.act, { sub: actor.id });
    assertOAuthError(await exchange(await tokens(person), { actor_token: given.actor_token }), 400, 'invalid_request');
    assertOAuthError(await exchange(await tokens(person), { ...given, actor_token: 'x' }), 400, 'invalid_request');
  });

  test('the scope only narrows, and a login is not to be had', async () => {
    const subject = await tokens(person);
    assert.equal((await exchanged(subject, { scope: 'profile' })).scope, 'profile');
    for (const scope of ['email', 'profile email', 'openid', 'profile offline_access']) {
      assertOAuthError(await exchange(subject, { scope }), 400, 'invalid_scope');
    }
    assertOAuthError(await exchange(await tokens(person, 'openid')), 400, 'invalid_scope');
  });

  test('the token is for a resource that the client has', async () => {
    const [one, two] = ['https://one.example/', 'https://two.example/'];
    const own = await addGateway({ resources: [one, two] });
    const subject = await tokens(person);
    assert.deepEqual((await exchanged(subject, { resource: one }, own)).claims.aud, [one]);
    assert.deepEqual((await exchanged(subject, { audience: two }, own)).claims.aud, [two]);
    assertOAuthError(await exchange(subject, { resource: 'https://three.example/' }, own), 400, 'invalid_target');
  });

  test('only a client with the grant that proves itself may', async () => {
    const subject = await tokens(person);
    const other = await addService(tenant);
    assertOAuthError(await exchange(subject, {}, other), 400, 'unauthorized_client');
    assertOAuthError(await exchange(subject, {}, { ...gateway, client_secret: 'wrong' }), 401, 'invalid_client');
    const form = { grant_type: EXCHANGE, subject_token: subject, subject_token_type: ACCESS_TOKEN, client_id: tenant.client_id };
    assertOAuthError(await token(iam, form), 400, 'unauthorized_client');
    assertProblem(await tenant.operator.post('clients', {
      id: 'public-exchange', grant_types: [EXCHANGE], scope: 'profile',
    }), 400, 'invalid_request');
    const key = await keyPair();
    const signed = await addGateway({ token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
    const { client_id, ...given } = form;
    succeeded(await token(iam, { ...given, ...(await assertion(iam, signed.id, key)) }));
  });

  test('a subject token is an access token of the tenant that is good now', async () => {
    const { access_token, refresh_token, id_token } = await tokensOf(iam, loginTo(tenant, person.username));
    const others = (await tokensOf(iam)).access_token;
    for (const bad of [refresh_token, id_token, others, 'x']) {
      assertOAuthError(await exchange(bad), 400, 'invalid_request');
    }
    succeeded(await exchange(access_token));
    await logout(iam, refresh_token, tenant.client_id);
    assertOAuthError(await exchange(access_token), 400, 'invalid_request');
    const left = await addPerson(tenant.operator);
    const theirs = await tokens(left);
    done(await tenant.operator.post(`users/${left.id}:disable`));
    assertOAuthError(await exchange(theirs), 400, 'invalid_request');
    for (const change of [{ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }]) {
      assertOAuthError(await exchange(access_token, change), 400, 'invalid_request');
    }
  });

  test('who may impersonate acts as another user, and the log says who', async () => {
    const staff = await addStaff('iam.users.impersonate');
    const { claims } = await exchanged(await tokens(staff), { requested_subject: person.id });
    assert.deepEqual([claims.sub, claims.act, claims.permissions], [person.id, { sub: staff.id }, []]);
    const { items } = await tenant.operator.read('audit-events', { action: 'token.exchanged' });
    const event = items.find(({ actor }) => actor.id === staff.id);
    assert.deepEqual([event.actor.kind, event.target.id, event.details.client_id], ['user', person.id, gateway.id]);
  });

  test('nobody acts as who may do more than they', async () => {
    const [staff, boss] = [await addStaff('iam.users.impersonate'), await addStaff('iam.users.read')];
    const asBoss = { requested_subject: boss.id };
    assertOAuthError(await exchange(await tokens(staff), asBoss), 400, 'invalid_request');
    assertOAuthError(await exchange(await tokens(person), asBoss), 400, 'invalid_request');
    assertOAuthError(await exchange(await tokens(boss), { requested_subject: person.id }), 400, 'invalid_request');
    const stranger = '01890a5d-ac96-774b-bcce-b302099a8057';
    for (const requested_subject of [stranger, 'x']) {
      assertOAuthError(await exchange(await tokens(staff), { requested_subject }), 400, 'invalid_request');
    }
    // Who acts in another's name goes no further.
    const acting = await exchanged(await tokens(staff));
    assertOAuthError(await exchange(acting.access_token, { requested_subject: person.id }), 400, 'invalid_request');
  });

  test('a token of who acts for another administers nothing', async () => {
    const admin = await addStaff('iam.*');
    const body = await exchanged(await tokens(admin));
    assertProblem(await new Caller(iam, body.access_token).get('users'), 401, 'unauthenticated');
  });
});
