// Where a user is logged in and what they have granted: seen, and ended one by one.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccountTenant, addOwner } from './account.mjs';
import { Caller, addPerson, done, loginTo } from './admin.mjs';
import { assertProblem, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { addApp, codeFor, codeForm, token } from './oauth.mjs';
import { actionsOf } from './steps.mjs';

describe('/account/sessions', () => {
  let iam, tenant;
  before(async () => {
    iam = await startIam();
    tenant = await addAccountTenant(iam);
  });
  after(() => iam?.stop());

  const list = async (caller) => done(await caller.get('/account/sessions')).items;
  const loginAs = (person) => tokensOf(iam, loginTo(tenant, person.username));
  const refreshed = (tokens) => refresh(iam, tokens.refresh_token, tenant.client_id);

  test('each login is a session, the last one first', async () => {
    const person = await addOwner(iam, tenant);
    await loginAs(person);
    const sessions = await list(person.caller);
    assert.equal(sessions.length, 2);
    for (const session of sessions) {
      assert.equal(session.client_id, tenant.client_id);
      assert.equal(session.acr, 'pwd');
      assert.match(session.created_at, /^\d{4}-\d\d-\d\dT/);
      assert.ok(session.scope.includes('openid'));
    }
    assert.ok(sessions[0].created_at >= sessions[1].created_at);
    assert.notEqual(sessions[0].id, sessions[1].id);
  });

  test('one session is ended and the others go on', async () => {
    const person = await addPerson(tenant.operator);
    const first = await loginAs(person);
    const caller = new Caller(iam, first.access_token);
    const [{ id }] = await list(caller);
    const second = succeeded(await refreshed(await loginAs(person)));
    assert.equal((await list(caller)).length, 2);
    assert.equal((await caller.send('DELETE', `/account/sessions/${id}`)).status, 204);
    assertProblem(await refreshed(first), 401, 'invalid_grant');
    const third = succeeded(await refreshed(second));
    const left = await list(new Caller(iam, third.access_token));
    assert.equal(left.length, 1);
    assert.notEqual(left[0].id, id);
    assertProblem(await caller.send('DELETE', `/account/sessions/${id}`), 404, 'not_found');
    assert.ok((await actionsOf(iam, tenant, person.id)).includes('session.ended'));
  });

  test('nobody ends the session of another, nor what is none', async () => {
    const [alice, bob] = [await addOwner(iam, tenant), await addOwner(iam, tenant)];
    const [{ id }] = await list(alice.caller);
    for (const other of [id, 'no-such', 'a%2Fb', 'x'.repeat(100)]) {
      assertProblem(await bob.caller.send('DELETE', `/account/sessions/${other}`), 404, 'not_found');
    }
    assert.equal((await list(alice.caller)).length, 1);
  });

  test('all sessions are ended at once', async () => {
    const person = await addPerson(tenant.operator);
    const tokens = [await loginAs(person), await loginAs(person)];
    const caller = new Caller(iam, tokens[0].access_token);
    assert.equal((await caller.post('/account/sessions:revoke-all')).status, 204);
    for (const each of tokens) assertProblem(await refreshed(each), 401, 'invalid_grant');
    assert.deepEqual(await list(caller), []);
    assert.ok((await actionsOf(iam, tenant, person.id)).includes('user.sessions_revoked'));
    succeeded(await refreshed(await loginAs(person)));
  });

  describe('of an app of others', () => {
    const scope = 'openid offline_access profile account';
    const grant = async (person, app, asked = scope) => {
      const code = await codeFor(iam, tenant, person, app.id, { scope: asked });
      return succeeded(await token(iam, codeForm(code, { client_id: app.id })));
    };

    test('it needs the scope account', async () => {
      const [person, app] = [await addPerson(tenant.operator), await addApp(tenant, { scope })];
      const without = await grant(person, app, 'openid');
      assertProblem(await new Caller(iam, without.access_token).get('/account/profile'), 403, 'insufficient_scope');
      const granted = await grant(person, app);
      assert.equal(done(await new Caller(iam, granted.access_token).get('/account/profile')).id, person.id);
    });

    test('what was granted is seen, and taken back with its sessions', async () => {
      const person = await addOwner(iam, tenant);
      assert.deepEqual(done(await person.caller.get('/account/consents')).items, []);
      const [app, other] = [await addApp(tenant, { scope, name: 'Calendar' }), await addApp(tenant, { scope })];
      const tokens = await grant(person, app);
      const kept = await grant(person, other, 'openid offline_access');
      const { items } = done(await person.caller.get('/account/consents'));
      assert.deepEqual(items.map(({ client_id }) => client_id).sort(), [app.id, other.id].sort());
      const shown = items.find(({ client_id }) => client_id === app.id);
      assert.equal(shown.client_name, 'Calendar');
      assert.deepEqual(shown.scope.split(' ').sort(), scope.split(' ').sort());
      assert.equal((await person.caller.send('DELETE', `/account/consents/${app.id}`)).status, 204);
      assertProblem(await person.caller.send('DELETE', `/account/consents/${app.id}`), 404, 'not_found');
      assertProblem(await person.caller.send('DELETE', `/account/consents/${tenant.client_id}`), 404, 'not_found');
      const refused = (client_id, refresh_token) => token(iam, { grant_type: 'refresh_token', client_id, refresh_token });
      assert.equal((await refused(app.id, tokens.refresh_token)).body.error, 'invalid_grant');
      assert.equal((await refused(other.id, kept.refresh_token)).status, 200);
      assert.equal((await list(person.caller)).length, 2);
      assert.ok((await actionsOf(iam, tenant, person.id)).includes('consent.revoked'));
    });
  });
});
