// Dynamic client registration (RFC 7591).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Caller, addTenant, operator, serviceAccount } from './admin.mjs';
import { assertProblem, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { CALLBACK, assertion, basic, keyPair, token } from './oauth.mjs';

describe('registration', () => {
  let iam, tenant, registrar;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    registrar = await serviceAccount(tenant.operator, ['iam.clients.write', 'iam.clients.read']);
  });
  after(() => iam?.stop());

  const register = (body, by = registrar) => by.post('/oauth2/register', body);
  function registered(answer) {
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    return answer.body;
  }
  function assertInvalid(answer, error, word) {
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'error_description']);
    assert.equal(answer.body.error, error, answer.text);
    assert.ok(answer.body.error_description.includes(word), answer.text);
    assert.doesNotMatch(answer.text, /hydra|fosite/i);
  }

  test('what is left out has the defaults of RFC 7591, and the secret works', async () => {
    const { client_id, client_secret, client_id_issued_at, ...rest } = registered(await register({ redirect_uris: [CALLBACK], client_name: 'Shop' }));
    assert.match(client_id, /^[0-9a-f]{32}$/);
    assert.match(client_secret, /^[\w-]{43}$/);
    assert.ok(Math.abs(client_id_issued_at - Date.now() / 1000) < 60);
    assert.deepEqual(rest, {
      client_secret_expires_at: 0, client_name: 'Shop', redirect_uris: [CALLBACK], post_logout_redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_basic', grant_types: ['authorization_code'], response_types: ['code'],
      scope: 'openid', id_token_signed_response_alg: 'ES256', subject_type: 'public',
      backchannel_logout_session_required: false, require_pushed_authorization_requests: false,
    });
    const refresh = { grant_type: 'refresh_token', refresh_token: 'x' };
    assert.equal((await token(iam, refresh, basic(client_id, client_secret))).body.error, 'unauthorized_client');
    assert.equal((await token(iam, refresh, basic(client_id, 'x'))).body.error, 'invalid_client');
    // It is a client of the registrar's tenant, and of no other.
    assert.equal((await registrar.read(`clients/${client_id}`)).name, 'Shop');
    assert.equal((await operator(iam).get(`clients/${client_id}`)).status, 404);
  });

  test('a client with a key needs no secret', async () => {
    const key = await keyPair();
    const body = registered(await register({
      grant_types: ['client_credentials'], token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks, scope: 'orders',
    }));
    assert.deepEqual([body.client_secret, body.client_secret_expires_at], [undefined, undefined]);
    assert.deepEqual([body.jwks, body.token_endpoint_auth_signing_alg, body.response_types], [key.jwks, 'ES256', []]);
    succeeded(await token(iam, { grant_type: 'client_credentials', ...(await assertion(iam, body.client_id, key)) }));
  });

  test('a client is never given passwords or pages by registration', async () => {
    const pages = { login_uri: 'https://phish.example/', consent_uri: 'https://phish.example/', logout_uri: 'https://phish.example/' };
    const body = registered(await register({
      redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none', first_party: true, ...pages,
    }));
    const client = await registrar.read(`clients/${body.client_id}`);
    assert.equal(client.first_party, false);
    for (const page of Object.keys(pages)) assert.equal(client[page], undefined);
  });

  test('what cannot be had is refused by name', async () => {
    const key = await keyPair();
    const none = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' };
    for (const [change, word] of [
      [{ redirect_uris: ['http://app.example/cb'] }, 'redirect_uris'], [{ redirect_uris: [] }, 'redirect_uris'],
      [{ redirect_uris: ['https://app.example/#x'] }, 'redirect_uris'], [{ redirect_uris: 'x' }, 'redirect_uris'],
      [{ redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
    ]) {
      assertInvalid(await register({ ...none, ...change }), 'invalid_redirect_uri', word);
    }
    for (const [change, word] of [
      [{ grant_types: ['implicit'] }, 'grant_types'], [{ grant_types: ['refresh_token'] }, 'grant_types'],
      [{ response_types: ['token'] }, 'response_types'], [{ token_endpoint_auth_method: 'tls_client_auth' }, 'token_endpoint_auth_method'],
      [{ grant_types: ['client_credentials'] }, 'grant_types'], [{ jwks_uri: 'https://a.example/jwks' }, 'jwks_uri'],
      [{ jwks: key.jwks }, 'jwks'], [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
      [{ id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg'], [{ scope: 'a"b' }, 'scope'],
      [{ post_logout_redirect_uris: ['https://other.example/'] }, 'post_logout_redirect_uris'],
      [{ grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic', scope: 'iam.users.read' }, 'scope'],
    ]) {
      assertInvalid(await register({ ...none, ...change }), 'invalid_client_metadata', word);
    }
  });

  test('registering takes the permission to make clients', async () => {
    const body = { redirect_uris: [CALLBACK] };
    assertProblem(await register(body, new Caller(iam)), 401, 'unauthenticated');
    assertProblem(await register(body, new Caller(iam, 'x')), 401, 'unauthenticated');
    const reader = await serviceAccount(tenant.operator, ['iam.clients.read']);
    assertProblem(await register(body, reader), 403, 'permission_denied');
    assertProblem(await register('not json'), 400, 'invalid_json');
    assertProblem(await register(body, registrar.on(iam.dev.tenant)), 404, 'not_found');
  });
});
