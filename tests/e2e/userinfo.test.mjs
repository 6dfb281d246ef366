// The UserInfo endpoint (OIDC Core §5.3).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant, done, loginTo } from './admin.mjs';
import { call, logout, payload, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { addApp, codeFor, codeForm, token } from './oauth.mjs';

describe('userinfo', () => {
  let iam, tenant, person;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator, {
      profile: { name: 'Ada L.', locale: 'en-GB' }, emails: [{ address: 'ada@acme.example', verified: true }],
    });
  });
  after(() => iam?.stop());

  const tokens = (scope) => tokensOf(iam, { ...loginTo(tenant, person.username), scope });
  const userinfo = (access_token, init = {}) =>
    call(iam, '/oauth2/userinfo', { headers: access_token ? { authorization: `Bearer ${access_token}` } : {}, ...init });

  function assertChallenge(answer, status, error) {
    assert.equal(answer.status, status, answer.text);
    const challenge = answer.headers.get('www-authenticate');
    assert.match(challenge, /^Bearer realm="iam"/);
    if (error) assert.ok(challenge.includes(`error="${error}"`), challenge);
    else assert.doesNotMatch(challenge, /error/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.text, '');
  }

  test('the granted scopes say what is told', async () => {
    for (const method of ['GET', 'POST']) {
      const { access_token, id_token } = await tokens('openid profile email');
      const answer = await userinfo(access_token, { method, headers: { authorization: `Bearer ${access_token}` } });
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.deepEqual(succeeded(answer), {
        sub: payload(id_token).sub, tenant: tenant.name, preferred_username: person.username,
        name: 'Ada L.', locale: 'en-GB', email: 'ada@acme.example', email_verified: true,
      });
    }
    const { access_token } = await tokens('openid');
    assert.deepEqual(succeeded(await userinfo(access_token)), { sub: person.id, tenant: tenant.name });
  });

  test('it is what the database says now', async () => {
    const { access_token } = await tokens('openid profile');
    done(await tenant.operator.patch(`users/${person.id}`, { profile: { name: 'Ada K.' } }));
    assert.equal(succeeded(await userinfo(access_token)).name, 'Ada K.');
  });

  test('a token without openid is not enough', async () => {
    const { access_token } = await tokens('profile');
    assertChallenge(await userinfo(access_token), 403, 'insufficient_scope');
  });

  test('a token that is not good is invalid_token, and no token is no error', async () => {
    const good = await tokens('openid offline_access');
    const gone = await tokens('openid offline_access');
    await logout(iam, gone.refresh_token, tenant.client_id);
    for (const bad of [gone.access_token, good.refresh_token, good.id_token, 'x', `${good.access_token}x`]) {
      assertChallenge(await userinfo(bad), 401, 'invalid_token');
    }
    assertChallenge(await userinfo(), 401);
    // RFC 6750 §5.3: a token in a URL ends up in logs. It is not looked at there, nor in a form.
    assertChallenge(await call(iam, `/oauth2/userinfo?access_token=${good.access_token}`), 401);
    const body = new URLSearchParams({ access_token: good.access_token });
    assertChallenge(await call(iam, '/oauth2/userinfo', { method: 'POST', body }), 401);
    succeeded(await userinfo(good.access_token));
  });

  test('a token for another resource opens nothing here', async () => {
    const resource = 'https://orders.example/';
    const app = await addApp(tenant, { resources: [resource] });
    const code = codeForm(await codeFor(iam, tenant, person, app.id, { resource }), { client_id: app.id });
    const { access_token } = succeeded(await token(iam, code));
    assertChallenge(await userinfo(access_token), 401, 'invalid_token');
  });

  test('a user who was disabled is not told about', async () => {
    const other = await addPerson(tenant.operator);
    const { access_token } = await tokensOf(iam, loginTo(tenant, other.username));
    done(await tenant.operator.post(`users/${other.id}:disable`));
    assertChallenge(await userinfo(access_token), 401, 'invalid_token');
  });
});
