import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant as addTenantByApi, done, loginTo, operator } from './admin.mjs';
import { assertProblem, isActive, login, payload, refresh, succeeded, tokensOf } from './client.mjs';
import {
  graceIsOver,
  addClient, addUser, demoTenantId, giveRole, removeRoles, removeUser, setTenantStatus, setUserStatus,
} from './fixtures.mjs';
import { startIam } from './harness.mjs';
import { assertOAuthError, token } from './oauth.mjs';

describe('refresh', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  const access = (tokens) => payload(tokens.access_token);

  test('a refresh token gets new tokens, again and again', async () => {
    let tokens = await tokensOf(iam);
    const seen = new Set([tokens.refresh_token]);
    for (let i = 0; i < 5; i += 1) {
      const answer = await refresh(iam, tokens.refresh_token);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      const next = succeeded(answer);
      assert.deepEqual(Object.keys(next).sort(), Object.keys(tokens).sort());
      assert.notEqual(access(next).jti, access(tokens).jti);
      assert.ok(!seen.has(next.refresh_token));
      seen.add(next.refresh_token);
      tokens = next;
    }
  });

  test('a refresh token that is used again, after the grace window, is refused, and so are all that came of its login', async () => {
    const first = await tokensOf(iam);
    const bystander = await tokensOf(iam);
    const second = succeeded(await refresh(iam, first.refresh_token));
    const third = succeeded(await refresh(iam, second.refresh_token));
    await graceIsOver(iam);
    assertProblem(await refresh(iam, first.refresh_token), 401, 'invalid_grant');
    assertProblem(await refresh(iam, third.refresh_token), 401, 'invalid_grant');
    assertProblem(await refresh(iam, second.refresh_token), 401, 'invalid_grant');
    assert.equal(await isActive(iam, third.access_token), false);
    // Another login of the same user is not theirs.
    succeeded(await refresh(iam, bystander.refresh_token));
  });

  test('a refresh token that is used again at once, as by another tab, gets tokens', async () => {
    const first = await tokensOf(iam);
    const [one, two] = [succeeded(await refresh(iam, first.refresh_token)), succeeded(await refresh(iam, first.refresh_token))];
    assert.notEqual(one.refresh_token, two.refresh_token);
    for (const tokens of [one, two]) succeeded(await refresh(iam, tokens.refresh_token));
  });

  test('a role that was taken away is gone at the next refresh, and one that was given is there', async () => {
    const id = await addUser(iam, 'rover');
    let tokens = await tokensOf(iam, { username: 'rover' });
    assert.deepEqual(access(tokens).roles, ['clerk']);
    await removeRoles(iam, id);
    tokens = succeeded(await refresh(iam, tokens.refresh_token));
    assert.deepEqual([access(tokens).roles, access(tokens).permissions], [[], []]);
    await giveRole(iam, id, 'clerk');
    tokens = succeeded(await refresh(iam, tokens.refresh_token));
    assert.deepEqual(access(tokens).roles, ['clerk']);
    assert.deepEqual(access(tokens).permissions, ['order.read', 'order.write']);
    const { acr, amr, tenant, sub } = access(tokens);
    assert.deepEqual({ acr, amr, tenant, sub }, { acr: 'pwd', amr: ['pwd'], tenant: 'demo', sub: id });
  });

  test('a user who was disabled or locked is refused', async () => {
    for (const status of ['disabled', 'locked']) {
      const id = await addUser(iam, `later-${status}`);
      const tokens = await tokensOf(iam, { username: `later-${status}` });
      await setUserStatus(iam, id, status);
      assertProblem(await refresh(iam, tokens.refresh_token), 401, 'invalid_grant');
    }
  });

  test('a user who is no more is refused', async () => {
    const id = await addUser(iam, 'ghost');
    const tokens = await tokensOf(iam, { username: 'ghost' });
    await removeUser(iam, id);
    assertProblem(await refresh(iam, tokens.refresh_token), 401, 'invalid_grant');
  });

  test('users of a suspended tenant are refused', async () => {
    const tokens = await tokensOf(iam);
    const tenantId = await demoTenantId(iam);
    await setTenantStatus(iam, tenantId, 'suspended');
    try {
      assertProblem(await refresh(iam, tokens.refresh_token), 401, 'invalid_grant');
    } finally {
      await setTenantStatus(iam, tenantId, 'active');
    }
    succeeded(await login(iam));
  });

  test('a refresh token of another client is refused', async () => {
    await addClient(iam, 'second-app');
    const tokens = await tokensOf(iam);
    assertProblem(await refresh(iam, tokens.refresh_token, 'second-app'), 401, 'invalid_grant');
    const theirs = await tokensOf(iam, { client_id: 'second-app' });
    assert.equal(access(theirs).client_id, 'second-app');
    succeeded(await refresh(iam, theirs.refresh_token, 'second-app'));
  });

  test('what is no refresh token is refused', async () => {
    const tokens = await tokensOf(iam);
    for (const token of ['x', 'ory_rt_x.y', tokens.access_token, tokens.id_token, 'a b&c=d\u0000', '🔑'.repeat(1000)]) {
      assertProblem(await refresh(iam, token), 401, 'invalid_grant');
    }
    succeeded(await refresh(iam, tokens.refresh_token));
  });

  test('an unknown client is told so', async () => {
    const tokens = await tokensOf(iam);
    assertProblem(await refresh(iam, tokens.refresh_token, 'nobody-app'), 400, 'unknown_client');
  });

  test('of 20 refreshes of one token at once, all get tokens or are to ask again, and nobody is logged out', async (t) => {
    for (let round = 0; round < 3; round += 1) {
      const tokens = await tokensOf(iam);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(iam, tokens.refresh_token)));
      const statuses = answers.map((answer) => answer.status);
      t.diagnostic(`round ${round}: ${statuses.filter((status) => status === 200).length} of 20 got tokens`);
      let alive = 0;
      for (const answer of answers) {
        if (answer.status === 200) {
          const next = await refresh(iam, answer.body.refresh_token);
          alive += succeeded(next).refresh_token ? 1 : 0;
        } else {
          assertProblem(answer, 503, 'oauth_unavailable');
        }
      }
      assert.ok(alive >= 1, 'somebody got tokens');
    }
  });

  test('a refresh that now takes more than the login has proved says so, and uses nothing up', async () => {
    const tenant = await addTenantByApi(iam);
    const person = await addPerson(tenant.operator);
    const tokens = await tokensOf(iam, loginTo(tenant, person.username));
    const form = { grant_type: 'refresh_token', client_id: tenant.client_id, refresh_token: tokens.refresh_token };
    const mfa = (policy) => operator(iam).patch(`tenants/${tenant.name}`, { settings: { mfa: policy } });
    done(await mfa('required'));
    assertProblem(await refresh(iam, tokens.refresh_token, tenant.client_id), 403, 'assurance_required');
    // draft-ietf-oauth-first-party-apps §5.2.2, with the parameter of RFC 9470 §3.
    const body = assertOAuthError(await token(iam, form), 403, 'insufficient_authorization', ['acr_values']);
    assert.equal(body.acr_values, 'mfa');
    done(await mfa('optional'));
    const next = succeeded(await refresh(iam, tokens.refresh_token, tenant.client_id));
    done(await tenant.operator.post(`users/${person.id}:require-password-change`));
    assertProblem(await refresh(iam, next.refresh_token, tenant.client_id), 403, 'password_change_required');
    assertOAuthError(await token(iam, { ...form, refresh_token: next.refresh_token }), 403, 'insufficient_authorization');
  });
});
