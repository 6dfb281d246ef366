import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { call, payload, succeeded, tokensOf } from './client.mjs';
import { addUser, setUserStatus } from './fixtures.mjs';
import { startIam } from './harness.mjs';
import { assertOAuthError } from './oauth.mjs';

describe('the OAuth2 surface', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  const token = (form, init = {}) =>
    call(iam, '/oauth2/token', { method: 'POST', body: new URLSearchParams(form), ...init });
  const refreshForm = (refresh_token, client_id = iam.dev.client_id) =>
    ({ grant_type: 'refresh_token', client_id, refresh_token });

  test('the token endpoint refreshes as RFC 6749 says', async () => {
    const tokens = await tokensOf(iam);
    const answer = await token(refreshForm(tokens.refresh_token));
    const body = succeeded(answer);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(body.token_type, 'Bearer');
    assert.equal(body.status, undefined);
    assert.equal(payload(body.access_token).iss, iam.dev.issuer);
    assert.deepEqual(payload(body.access_token).roles, ['clerk']);
    assertOAuthError(await token(refreshForm('ory_rt_x.y')), 400, 'invalid_grant');
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
      { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'x' },
      { grant_type: 'implicit' },
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
    assert.equal(answer.headers.get('allow'), 'POST, OPTIONS');
  });
});
