import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, payload, succeeded, tokensOf } from './client.mjs';
import { addUser, setUserStatus } from './fixtures.mjs';
import { startIam } from './harness.mjs';

describe('the OAuth2 surface', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  const token = (form, init = {}) =>
    call(iam, '/oauth2/token', { method: 'POST', body: new URLSearchParams(form), ...init });
  const refreshForm = (refresh_token, client_id = iam.dev.client_id) =>
    ({ grant_type: 'refresh_token', client_id, refresh_token });

  /** Checks an error of RFC 6749 §5.2. */
  function assertOAuthError(answer, status, error) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'error_description']);
    assert.equal(answer.body.error, error);
    assert.doesNotMatch(answer.text, /hydra|ory\b|fosite/i);
  }

  for (const document of ['openid-configuration', 'oauth-authorization-server']) {
    test(`${document} is true: its issuer is that of the tokens, and each endpoint answers`, async () => {
      const answer = await call(iam, `/.well-known/${document}`);
      const metadata = succeeded(answer);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      const tokens = await tokensOf(iam);
      assert.equal(metadata.issuer, payload(tokens.access_token).iss);
      assert.equal(metadata.jwks_uri, iam.dev.jwks_uri);

      // Each URL that is advertised must be ours and lead somewhere.
      const urls = Object.entries(metadata).filter(([, value]) => /^https?:/.test(value) && value !== metadata.issuer);
      assert.deepEqual(urls.map(([name]) => name).sort(), ['jwks_uri', 'token_endpoint']);
      for (const [name, url] of urls) {
        assert.ok(url.startsWith(`${metadata.issuer}/`), `${name} ${url}`);
        assert.notEqual((await fetch(url)).status, 404, `${name} ${url}`);
      }
      assert.deepEqual(metadata.grant_types_supported, ['refresh_token']);
      assert.deepEqual(metadata.id_token_signing_alg_values_supported, ['ES256']);
      assert.deepEqual(metadata.token_endpoint_auth_methods_supported, ['none']);
      for (const claim of metadata.claims_supported) {
        assert.notEqual(payload(tokens.id_token)[claim], undefined, `the ID token has no ${claim}`);
      }
      const renewed = await fetch(metadata.token_endpoint, {
        method: 'POST',
        body: new URLSearchParams(refreshForm(tokens.refresh_token)),
      });
      assert.equal(renewed.status, 200);
    });
  }

  test('the token endpoint refreshes as RFC 6749 says', async () => {
    const tokens = await tokensOf(iam);
    const answer = await token(refreshForm(tokens.refresh_token));
    const body = succeeded(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.status, undefined);
    assert.equal(payload(body.access_token).iss, iam.dev.issuer);
    assert.deepEqual(payload(body.access_token).roles, ['clerk']);
    assertOAuthError(await token(refreshForm(tokens.refresh_token)), 400, 'invalid_grant');
  });

  test('a disabled user gets nothing here either', async () => {
    const id = await addUser(iam, 'sleeper');
    const tokens = await tokensOf(iam, { username: 'sleeper' });
    await setUserStatus(iam, id, 'disabled');
    assertOAuthError(await token(refreshForm(tokens.refresh_token)), 400, 'invalid_grant');
  });

  test('whatever scope is asked for, a refresh grants no more than the login did, and says what', async () => {
    let { refresh_token } = await tokensOf(iam, { scope: 'openid offline_access' });
    for (const scope of ['openid', 'openid profile', 'admin', '']) {
      // RFC 6749 §3.3: the server may ignore the scope that is asked for, if it says what it granted.
      const tokens = succeeded(await token({ ...refreshForm(refresh_token), scope }));
      assert.deepEqual(tokens.scope.split(' ').sort(), ['offline_access', 'openid']);
      assert.equal(payload(tokens.access_token).scope, tokens.scope);
      ({ refresh_token } = tokens);
    }
  });

  test('no other grant type is open', async () => {
    const { tenant, username, password, client_id } = iam.dev;
    for (const form of [
      { grant_type: 'password', username, password, tenant },
      { grant_type: 'authorization_code', code: 'x', redirect_uri: 'http://127.0.0.1:3000/callback' },
      { grant_type: 'client_credentials' },
    ]) {
      assertOAuthError(await token({ ...form, client_id }), 400, 'unsupported_grant_type');
    }
  });

  test('a request that is malformed is invalid_request', async () => {
    const { refresh_token } = await tokensOf(iam);
    const form = new URLSearchParams(refreshForm(refresh_token));
    assertOAuthError(await token({}), 400, 'invalid_request');
    // RFC 6749 §3.2: a parameter without a value is one that was omitted.
    assertOAuthError(await token({ ...refreshForm(refresh_token), grant_type: '' }), 400, 'invalid_request');
    assertOAuthError(await token(`${form}&grant_type=refresh_token`), 400, 'invalid_request');
    assertOAuthError(await token({ grant_type: 'refresh_token', client_id: iam.dev.client_id }), 400, 'invalid_request');
    const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(refreshForm(refresh_token)) };
    assertOAuthError(await token({}, json), 400, 'invalid_request');
    assertOAuthError(await token({}, { body: 'x'.repeat(10 * 1024 * 1024) }), 400, 'invalid_request');
    succeeded(await token(form));
  });

  test('an unknown client is invalid_client', async () => {
    const { refresh_token } = await tokensOf(iam);
    const answer = await token(refreshForm(refresh_token, 'nobody-app'));
    assertOAuthError(answer, 401, 'invalid_client');
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/);
  });

  test('the token endpoint takes POST alone', async () => {
    const answer = await call(iam, '/oauth2/token');
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST');
  });
});
