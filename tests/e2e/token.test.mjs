// The token endpoint, for codes (RFC 6749 §4.1.3).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant } from './admin.mjs';
import { isActive, payload, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { addApp, assertOAuthError, assertion, basic, codeFor, codeForm, form, keyPair, token } from './oauth.mjs';

describe('codes at the token endpoint', () => {
  let iam, tenant, person;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator);
  });
  after(() => iam?.stop());

  const codeOf = (app, change) => codeFor(iam, tenant, person, app.id, change);

  test('a code is redeemed by each kind of client as it registered, and by no other', async () => {
    const key = await keyPair();
    const requests = {
      none: ({ id }) => [{ client_id: id }],
      client_secret_basic: ({ id, client_secret }) => [{}, basic(id, client_secret)],
      client_secret_post: ({ id, client_secret }) => [{ client_id: id, client_secret }],
      private_key_jwt: async ({ id }) => [await assertion(iam, id, key)],
    };
    for (const [method, request] of Object.entries(requests)) {
      const jwks = method === 'private_key_jwt' ? { jwks: key.jwks } : {};
      const app = await addApp(tenant, { token_endpoint_auth_method: method, ...jwks });
      const code = await codeOf(app);
      if (method !== 'none') assertOAuthError(await token(iam, codeForm(code, { client_id: app.id })), 401, 'invalid_client');
      const [fields, headers] = await request(app);
      const answer = await token(iam, codeForm(code, fields), headers);
      const tokens = succeeded(answer);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(tokens.token_type, 'Bearer');
      const { sub, client_id, aud, acr } = payload(tokens.access_token);
      assert.deepEqual({ sub, client_id, aud, acr }, { sub: person.id, client_id: app.id, aud: [iam.dev.issuer], acr: 'pwd' });
      // And refreshed likewise.
      const [again, more] = await request(app);
      const refreshed = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      if (method !== 'none') {
        assertOAuthError(await token(iam, { ...refreshed, client_id: app.id }), 401, 'invalid_client');
      }
      succeeded(await token(iam, { ...refreshed, ...again }, more));
    }
  });

  test('a code is redeemed once; the second time takes back what the first got', async () => {
    const app = await addApp(tenant);
    const code = codeForm(await codeOf(app), { client_id: app.id });
    const tokens = succeeded(await token(iam, code));
    assertOAuthError(await token(iam, code), 400, 'invalid_grant');
    assert.equal(await isActive(iam, tokens.refresh_token), false);
  });

  test('a code is bound to its client, its redirect URI and its verifier', async () => {
    const [app, other] = [await addApp(tenant), await addApp(tenant)];
    const verifier = 'a'.repeat(43);
    for (const wrong of [
      { client_id: other.id }, { redirect_uri: 'http://127.0.0.1:3000/other' }, { code_verifier: verifier },
      { code_verifier: undefined }, { code: 'ory_ac_x.y' }, { redirect_uri: `${iam.dev.issuer}/oauth2/token` },
    ]) {
      const fields = codeForm(await codeOf(app), { client_id: app.id, ...wrong });
      const given = Object.entries(fields).filter(([, value]) => value !== undefined);
      const answer = await token(iam, given);
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error), answer.text);
      assertOAuthError(answer, 400, answer.body.error);
    }
    assertOAuthError(await token(iam, { grant_type: 'authorization_code', client_id: app.id }), 400, 'invalid_request');
  });

  test('tokens are for the resources that were granted, and for those that are asked for again', async () => {
    const [one, two] = ['https://one.example/', 'urn:example:two'];
    const app = await addApp(tenant, { resources: [one, two] });
    const redeem = async (granted, ...asked) => {
      const code = codeForm(await codeOf(app, { resource: granted }), { client_id: app.id });
      return token(iam, [...Object.entries(code), ...asked.map((resource) => ['resource', resource])]);
    };
    const tokens = succeeded(await redeem([one]));
    assert.deepEqual(payload(tokens.access_token).aud, [one]);
    assert.deepEqual(payload(succeeded(await redeem([one], one)).access_token).aud, [one]);
    assert.deepEqual(payload(succeeded(await redeem([one, two], two, one)).access_token).aud.sort(), [one, two].sort());
    // More than was granted; and less, which would be tokens for more than is asked for.
    assertOAuthError(await redeem([one], two), 400, 'invalid_target');
    assertOAuthError(await redeem([one], 'https://three.example/'), 400, 'invalid_target');
    assertOAuthError(await redeem([one, two], one), 400, 'invalid_target');

    const refresh = { grant_type: 'refresh_token', client_id: app.id };
    const { refresh_token } = tokens;
    assertOAuthError(await token(iam, { ...refresh, refresh_token, resource: two }), 400, 'invalid_target');
    const refreshed = succeeded(await token(iam, { ...refresh, refresh_token, resource: one }));
    assert.deepEqual(payload(refreshed.access_token).aud, [one]);
  });

  test('a repeated parameter is refused, whichever it is', async () => {
    const app = await addApp(tenant);
    const fields = codeForm(await codeOf(app), { client_id: app.id });
    for (const name of Object.keys(fields)) {
      const twice = [...Object.entries(fields), [name, fields[name]]];
      assertOAuthError(await token(iam, twice), 400, 'invalid_request');
    }
    succeeded(await token(iam, fields));
  });

  test('a script of the client’s own origin may read the answers, and no other', async () => {
    const origin = 'https://spa.example';
    const app = await addApp(tenant, { allowed_origins: [origin] });
    const send = (from, endpoint = 'token') => form(iam, endpoint, { grant_type: 'refresh_token', refresh_token: 'x', client_id: app.id }, { origin: from });
    for (const endpoint of ['token', 'revoke']) {
      assert.equal((await send(origin, endpoint)).headers.get('access-control-allow-origin'), origin);
      assert.equal((await send('https://evil.example', endpoint)).headers.get('access-control-allow-origin'), null);
    }
  });

  test('revoking a token takes back all of its grant, and only the client that has it can', async () => {
    const app = await addApp(tenant, { token_endpoint_auth_method: 'client_secret_basic' });
    const other = await addApp(tenant);
    const proof = basic(app.id, app.client_secret);
    for (const which of ['refresh_token', 'access_token']) {
      const tokens = succeeded(await token(iam, codeForm(await codeOf(app)), proof));
      const fields = { token: tokens[which], token_type_hint: which };
      assertOAuthError(await form(iam, 'revoke', fields, basic(app.id, 'wrong')), 401, 'invalid_client');
      await form(iam, 'revoke', { ...fields, client_id: other.id });
      assert.equal(await isActive(iam, tokens.refresh_token), true);
      const answer = await form(iam, 'revoke', fields, proof);
      assert.deepEqual([answer.status, answer.text], [200, '']);
      assert.equal(await isActive(iam, tokens.refresh_token), false);
      assertOAuthError(await token(iam, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token }, proof), 400, 'invalid_grant');
    }
    // A used assertion revokes nothing, and is not told that it did.
    const key = await keyPair();
    const signed = await addApp(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
    const used = await assertion(iam, signed.id, key);
    const { refresh_token } = succeeded(await token(iam, codeForm(await codeOf(signed), used)));
    assertOAuthError(await form(iam, 'revoke', { token: refresh_token, ...used }), 401, 'invalid_client');
    assert.equal(await isActive(iam, refresh_token), true);
    assert.equal((await form(iam, 'revoke', { token: refresh_token, ...(await assertion(iam, signed.id, key)) })).status, 200);
    assert.equal(await isActive(iam, refresh_token), false);
    // RFC 7009 §2.2: the token is gone, which is what was wanted.
    assert.equal((await form(iam, 'revoke', { token: 'unknown' }, proof)).status, 200);
    assertOAuthError(await form(iam, 'revoke', {}, proof), 400, 'invalid_request');
  });
});
