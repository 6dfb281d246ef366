import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, isActive, login, logout, refresh, succeeded, tokensOf } from './client.mjs';
import { addClient } from './fixtures.mjs';
import { startIam } from './harness.mjs';

describe('logout', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  for (const kind of ['refresh_token', 'access_token']) {
    test(`a logout by ${kind} revokes the refresh token and the access token`, async () => {
      const tokens = await tokensOf(iam);
      const bystander = await tokensOf(iam);
      assert.equal(await isActive(iam, tokens.access_token), true);
      assert.equal(await isActive(iam, tokens.refresh_token), true);
      const answer = await logout(iam, tokens[kind]);
      assert.deepEqual([answer.status, answer.text], [204, '']);
      assert.equal(await isActive(iam, tokens.access_token), false);
      assert.equal(await isActive(iam, tokens.refresh_token), false);
      assertProblem(await refresh(iam, tokens.refresh_token), 401, 'invalid_grant');
      // Another login of the same user goes on.
      assert.equal(await isActive(iam, bystander.access_token), true);
      succeeded(await refresh(iam, bystander.refresh_token));
    });
  }

  test('a logout after a refresh revokes what the refresh gave', async () => {
    const tokens = await tokensOf(iam);
    const renewed = succeeded(await refresh(iam, tokens.refresh_token));
    assert.equal((await logout(iam, renewed.refresh_token)).status, 204);
    assert.equal(await isActive(iam, renewed.access_token), false);
    assertProblem(await refresh(iam, renewed.refresh_token), 401, 'invalid_grant');
  });

  test('a second logout is as good as the first', async () => {
    const { refresh_token } = await tokensOf(iam);
    assert.equal((await logout(iam, refresh_token)).status, 204);
    assert.equal((await logout(iam, refresh_token)).status, 204);
  });

  test('what was never a token is as good as revoked', async () => {
    for (const token of ['x', 'ory_rt_x.y', 'a b&c=d', '🔑']) {
      assert.equal((await logout(iam, token)).status, 204);
    }
  });

  test('a client cannot log out another', async () => {
    await addClient(iam, 'second-app');
    const tokens = await tokensOf(iam);
    const answer = await logout(iam, tokens.refresh_token, 'second-app');
    assert.ok(answer.status < 500, answer.text);
    assert.equal(await isActive(iam, tokens.refresh_token), true);
    succeeded(await refresh(iam, tokens.refresh_token));
  });

  test('an unknown client is told so', async () => {
    const { refresh_token } = await tokensOf(iam);
    assertProblem(await logout(iam, refresh_token, 'nobody-app'), 400, 'unknown_client');
    assert.equal(await isActive(iam, refresh_token), true);
  });

  test('after a logout the user can log in again', async () => {
    const { refresh_token } = await tokensOf(iam);
    assert.equal((await logout(iam, refresh_token)).status, 204);
    succeeded(await login(iam));
  });
});
