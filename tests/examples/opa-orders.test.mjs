import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, payload, post, tokensOf } from '../e2e/client.mjs';
import { ROOT, eventually, startIam } from '../e2e/harness.mjs';
import { startOpaOrders } from './stack.mjs';

test('the service that decides with OPA passes its own tests', () => {
  const cwd = join(ROOT, 'examples/opa-orders');
  execFileSync('go', ['vet', './...'], { cwd, stdio: 'inherit' });
  execFileSync('go', ['test', '-count=1', './...'], { cwd, stdio: 'inherit' });
});

describe('a service that decides with OPA by the bundle of a real tenant', () => {
  let iam, service, token, operator;
  before(async () => {
    iam = await startIam();
    operator = { authorization: `Bearer ${iam.dev.api_key}` };
    const body = { name: 'opa-orders', permissions: ['iam.permissions.read'] };
    const made = await post(iam, '/admin/v1/api-keys?tenant=demo', body, operator);
    assert.equal(made.status, 201, made.text);
    service = await startOpaOrders(iam, made.body.key);
    // A client whose tokens carry permissions only with a scope that it does not ask for.
    const slim = {
      id: 'slim-app', first_party: true, redirect_uris: ['http://127.0.0.1:3000/callback'], scope: 'openid authz',
      claim_mappings: [{ scope: 'authz', claim: 'permissions', source: 'permissions', token: 'access' }],
    };
    const client = await post(iam, '/admin/v1/clients?tenant=demo', slim, operator);
    assert.equal(client.status, 201, client.text);
    token = (await tokensOf(iam, { client_id: slim.id, scope: 'openid' })).access_token;
    assert.equal(payload(token).permissions, undefined);
  });
  after(async () => {
    await service?.stop();
    await iam?.stop();
  });

  const orders = async () => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${service.url}/orders`, { headers })).status;
  };

  test('a role that allows it opens it, and a role that is changed closes it for the same token', async () => {
    assert.equal(await orders(), 200);
    const { body } = await call(iam, '/admin/v1/roles?tenant=demo&name=clerk', { headers: operator });
    const [clerk] = body.items;
    const changed = await call(iam, `/admin/v1/roles/${clerk.id}?tenant=demo`, {
      method: 'PATCH',
      headers: { ...operator, 'content-type': 'application/merge-patch+json', 'if-match': `"${clerk.version}"` },
      body: JSON.stringify({ permissions: ['order.write'] }),
    });
    assert.equal(changed.status, 200, changed.text);
    await eventually(async () => (await orders()) === 403, { within: 60_000, every: 500 });
  });
});
