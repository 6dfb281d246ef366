import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { logout, tokensOf } from '../e2e/client.mjs';
import { addClient, addTenant, addUser } from '../e2e/fixtures.mjs';
import { ROOT, startIam } from '../e2e/harness.mjs';
import { startOrders } from './stack.mjs';

test('the orders service passes its own tests', () => {
  execFileSync('go', ['vet', './...'], { cwd: join(ROOT, 'examples/orders'), stdio: 'inherit' });
  execFileSync('go', ['test', '-count=1', './...'], { cwd: join(ROOT, 'examples/orders'), stdio: 'inherit' });
});

describe('the orders service with tokens of iam', () => {
  let iam, orders, tokens;
  before(async () => {
    iam = await startIam();
    orders = await startOrders(iam);
    tokens = await tokensOf(iam);
  });
  after(async () => {
    await orders?.stop();
    await iam?.stop();
  });

  const get = async (token) => {
    const response = await fetch(`${orders.url}/orders`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    return [response.status, response.headers.get('www-authenticate')];
  };

  test('an access token opens it, and an ID token or a refresh token does not', async () => {
    assert.deepEqual(await get(tokens.access_token), [200, null]);
    assert.deepEqual(await get(), [401, 'Bearer realm="orders"']);
    for (const token of [tokens.id_token, tokens.refresh_token]) {
      const [status, challenge] = await get(token);
      assert.equal(status, 401);
      assert.match(challenge, /error="invalid_token"/);
    }
  });

  test('a user without the role, and one of another tenant, may not', async () => {
    await addUser(iam, 'newcomer', { role: 'none' });
    const tenantId = await addTenant(iam, 'acme');
    await addClient(iam, 'acme-app', { tenantId });
    await addUser(iam, 'wile', { tenantId, role: 'none' });
    for (const change of [{ username: 'newcomer' }, { tenant: 'acme', username: 'wile', client_id: 'acme-app' }]) {
      const [status, challenge] = await get((await tokensOf(iam, change)).access_token);
      assert.equal(status, 403);
      assert.match(challenge, /error="insufficient_scope"/);
    }
  });

  test('it goes on while iam is down, for it never asks about a token', async () => {
    assert.deepEqual(await get(tokens.access_token), [200, null]);
    // So a logout is not known to it before the access token expires; that is the bargain.
    await logout(iam, tokens.refresh_token);
    assert.deepEqual(await get(tokens.access_token), [200, null]);
    await iam.stop();
    assert.deepEqual(await get(tokens.access_token), [200, null]);
    iam = undefined;
  });
});
