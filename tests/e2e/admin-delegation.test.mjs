// Nobody can grant what they do not hold, in whatever way.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  PASSWORD, addAdmin, addPerson, addRole, addTenant, assertBeyond, done, fresh, loginTo, operator, rowsOf,
  serviceAccount, user,
} from './admin.mjs';
import { assertProblem, login, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

describe('delegated administration', () => {
  let iam, tenant, small, big, root;

  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    small = await addRole(tenant.operator, ['order.read']);
    big = await addRole(tenant.operator, ['order.read', 'order.write']);
    root = await addRole(tenant.operator, ['iam.*']);
  });
  after(() => iam?.stop());

  /** An administrator who may do these things to others, and reads orders. */
  const admin = (...permissions) => addAdmin(iam, tenant, ['order.read', ...permissions]);

  /** Checks that each answer is refused as too much, and that nothing was changed by any. */
  async function refused(attempts) {
    const before = await rowsOf(iam);
    for (const [index, attempt] of attempts.entries()) {
      const answer = await attempt();
      assert.equal(answer.status, 403, `attempt ${index}: ${answer.status} ${answer.text}`);
      assertBeyond(answer);
    }
    assert.deepEqual(await rowsOf(iam), before);
  }

  test('a role that is made allows no more than its maker', async () => {
    const caller = await admin('iam.roles.*');
    await refused([
      () => caller.post('roles', { name: fresh('r'), permissions: ['order.read', 'order.write'] }),
      () => caller.post('roles', { name: fresh('r'), permissions: ['order.*'] }),
      () => caller.post('roles', { name: fresh('r'), permissions: ['iam.*'] }),
      () => caller.post('roles', { name: fresh('r'), permissions: ['iam.users.read'] }),
      () => caller.post('roles', { name: fresh('r'), includes: [big.id] }),
      () => caller.post('roles', { name: fresh('r'), includes: [small.id, root.id] }),
      () => caller.post('roles', { name: fresh('r'), assignable: [big.id] }),
    ]);
    await caller.make('roles', { name: fresh('r'), permissions: ['order.read', 'iam.roles.write'], includes: [small.id] });
  });

  test('the answer names what is too much, and only that', async () => {
    const caller = await admin('iam.roles.*');
    const answer = await caller.post('roles', { name: fresh('r'), permissions: ['order.read', 'order.write'] });
    const problem = assertBeyond(answer);
    assert.match(JSON.stringify(problem), /order\.write/);
    assert.doesNotMatch(JSON.stringify(problem), /order\.read/);
  });

  test('a role is not widened beyond what who changes it holds', async () => {
    const caller = await admin('iam.roles.*');
    const own = await caller.make('roles', { name: fresh('r'), permissions: ['order.read'] });
    await refused([
      () => caller.patch(`roles/${own.id}`, { permissions: ['order.read', 'order.write'] }),
      () => caller.patch(`roles/${own.id}`, { permissions: ['iam.*'] }),
      () => caller.patch(`roles/${own.id}`, { includes: [big.id] }),
      () => caller.patch(`roles/${own.id}`, { assignable: [root.id] }),
      // The role they have themselves.
      async () => {
        const [mine] = await tenant.operator.all('roles', { user: caller.id });
        return caller.patch(`roles/${mine.id}`, { permissions: [...mine.permissions, 'iam.users.write'] });
      },
    ]);
    done(await caller.patch(`roles/${own.id}`, { description: 'mine', permissions: [] }));
  });

  test('a role that allows more than they hold is not theirs to change or remove', async () => {
    const caller = await admin('iam.roles.*');
    const strong = await addRole(tenant.operator, ['order.read', 'order.write']);
    const above = await addRole(tenant.operator, [], { includes: [strong.id] });
    await refused([
      () => caller.patch(`roles/${strong.id}`, { permissions: ['order.read'] }),
      () => caller.patch(`roles/${strong.id}`, { description: 'mine' }),
      () => caller.patch(`roles/${above.id}`, { includes: [] }),
      () => caller.remove(`roles/${above.id}`),
    ]);
  });

  test('a role that allows more is given to nobody, and taken from nobody', async () => {
    const caller = await admin('iam.roles.assign', 'iam.users.read', 'iam.groups.read');
    const person = await addPerson(tenant.operator);
    const holder = await addPerson(tenant.operator, { roles: [big.id] });
    const group = await tenant.operator.make('groups', { name: fresh('group') });
    await refused([
      () => caller.put(`users/${person.id}/roles/${big.id}`),
      () => caller.put(`users/${caller.id}/roles/${big.id}`),
      () => caller.put(`users/${caller.id}/roles/${root.id}`),
      () => caller.put(`groups/${group.id}/roles/${big.id}`),
      () => caller.remove(`users/${holder.id}/roles/${big.id}`),
    ]);
    done(await caller.put(`users/${person.id}/roles/${small.id}`));
    done(await caller.put(`groups/${group.id}/roles/${small.id}`));
    done(await caller.remove(`users/${person.id}/roles/${small.id}`));
  });

  test('a group with more takes nobody in, and no group, by who holds less', async () => {
    const caller = await admin('iam.groups.*');
    const top = await tenant.operator.make('groups', { name: fresh('top') });
    done(await tenant.operator.put(`groups/${top.id}/roles/${big.id}`));
    const below = await tenant.operator.make('groups', { name: fresh('below'), parent: top.id });
    const outside = await caller.make('groups', { name: fresh('outside') });
    done(await caller.put(`groups/${outside.id}/members/${caller.id}`));
    await refused([
      () => caller.put(`groups/${top.id}/members/${caller.id}`),
      () => caller.put(`groups/${below.id}/members/${caller.id}`),
      () => caller.patch(`groups/${outside.id}`, { parent: top.id }),
      () => caller.patch(`groups/${outside.id}`, { parent: below.id }),
      () => caller.post('groups', { name: fresh('new'), parent: below.id }),
      () => caller.patch(`groups/${below.id}`, { parent: null }),
      () => caller.remove(`groups/${below.id}`),
    ]);
    done(await tenant.operator.remove(`groups/${top.id}/roles/${big.id}`));
    done(await caller.put(`groups/${below.id}/members/${caller.id}`));
  });

  test('a key allows no more than its maker, who may be a key', async () => {
    const caller = await admin('iam.keys.*');
    const key = await serviceAccount(tenant.operator, ['order.read', 'iam.keys.write']);
    for (const maker of [caller, key]) {
      const own = await maker.make('api-keys', { name: 'own', permissions: ['order.read'] });
      await refused([
        () => maker.post('api-keys', { name: 'more', permissions: ['order.write'] }),
        () => maker.post('api-keys', { name: 'more', permissions: ['iam.*'] }),
        () => maker.post('api-keys', { name: 'more', permissions: ['order.*'] }),
        () => maker.patch(`api-keys/${own.id}`, { permissions: ['order.read', 'order.write'] }),
      ]);
    }
    const strong = await serviceAccount(tenant.operator, ['iam.*']);
    // One that is out has to be stopped by whoever is there.
    done(await caller.post(`api-keys/${strong.id}:revoke`));
  });

  test('a key makes no key that lives longer', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const made = await tenant.operator.make('api-keys', { name: 'hour', permissions: ['iam.keys.*'], expires_at });
    const key = Object.assign(await serviceAccount(tenant.operator, []), { bearer: made.key });
    const later = new Date(Date.parse(expires_at) + 1_000).toISOString();
    const answer = await key.post('api-keys', { name: 'on', permissions: [], expires_at: later });
    assertProblem(answer, 400, 'invalid_request');
    await key.make('api-keys', { name: 'on', permissions: [], expires_at });
  });

  test('nobody takes over somebody who may do more', async () => {
    const caller = await admin('iam.users.*');
    const holder = await addPerson(tenant.operator, { roles: [big.id] });
    const [credential] = (await tenant.operator.read(`users/${holder.id}/credentials`)).items;
    await refused([
      () => caller.post(`users/${holder.id}:reset-password`, { password: `${PASSWORD} 2` }),
      () => caller.patch(`users/${holder.id}`, { username: fresh('mine') }),
      () => caller.patch(`users/${holder.id}`, { emails: [{ address: `${fresh('mine')}@example.com`, verified: true }] }),
      () => caller.remove(`users/${holder.id}/credentials/${credential.id}`),
      () => caller.remove(`users/${holder.id}`),
      () => caller.post(`users/${holder.id}:disable`),
    ]);
    succeeded(await login(iam, loginTo(tenant, holder.username)));
    const peer = await addPerson(tenant.operator, { roles: [small.id] });
    done(await caller.post(`users/${peer.id}:reset-password`, { password: `${PASSWORD} 2` }));
    succeeded(await login(iam, loginTo(tenant, peer.username, `${PASSWORD} 2`)));
  });

  test('nobody is made who may do more', async () => {
    const caller = await admin('iam.users.*', 'iam.roles.assign', 'iam.groups.*');
    const group = await tenant.operator.make('groups', { name: fresh('group') });
    done(await tenant.operator.put(`groups/${group.id}/roles/${big.id}`));
    await refused([
      () => caller.post('users', { username: fresh('u'), password: PASSWORD, roles: [big.id] }),
      () => caller.post('users', { username: fresh('u'), password: PASSWORD, roles: [small.id, root.id] }),
      () => caller.post('users', { username: fresh('u'), password: PASSWORD, groups: [group.id] }),
    ]);
    await caller.make('users', { username: fresh('u'), password: PASSWORD, roles: [small.id] });
  });

  test('who has a role gives those it names as assignable, and no others', async () => {
    const caller = await admin('iam.users.*');
    const person = await addPerson(tenant.operator);
    const twin = await addRole(tenant.operator, ['order.read']);
    const give = (role, to = person) => caller.put(`users/${to.id}/roles/${role.id}`);
    assertProblem(await give(small), 403, 'permission_denied');
    const desk = await addRole(tenant.operator, [], { assignable: [small.id, big.id] });
    done(await tenant.operator.put(`users/${caller.id}/roles/${desk.id}`));
    done(await give(small));
    assertProblem(await give(twin), 403, 'permission_denied');
    assertProblem(await give(desk), 403, 'permission_denied');
    // What is delegated is which roles they give, not what they hold.
    assertBeyond(await give(big));
    const roles = await tenant.operator.all('roles', { user: person.id });
    assert.deepEqual(roles.map(({ id }) => id), [small.id]);
    done(await caller.remove(`users/${person.id}/roles/${small.id}`));
    assertProblem(await caller.remove(`users/${person.id}/roles/${twin.id}`), 403, 'permission_denied');
    done(await tenant.operator.remove(`users/${caller.id}/roles/${desk.id}`));
    assertProblem(await give(small), 403, 'permission_denied');
  });

  test('delegation reaches through groups and included roles', async () => {
    const caller = await admin('iam.users.read');
    const person = await addPerson(tenant.operator);
    const desk = await addRole(tenant.operator, [], { assignable: [small.id] });
    const lead = await addRole(tenant.operator, [], { includes: [desk.id] });
    const top = await tenant.operator.make('groups', { name: fresh('top') });
    const below = await tenant.operator.make('groups', { name: fresh('below'), parent: top.id });
    done(await tenant.operator.put(`groups/${top.id}/roles/${lead.id}`));
    assertProblem(await caller.put(`users/${person.id}/roles/${small.id}`), 403, 'permission_denied');
    done(await tenant.operator.put(`groups/${below.id}/members/${caller.id}`));
    done(await caller.put(`users/${person.id}/roles/${small.id}`));
  });

  test('a tenant admin grants any permission of the catalogue, and who may grant any none of this API', async () => {
    const all = await addAdmin(iam, tenant, ['iam.*']);
    await all.make('roles', { name: fresh('r'), permissions: ['order.write', 'iam.users.write'] });
    const granter = await addAdmin(iam, tenant, ['iam.permissions.grant', 'iam.roles.write', 'iam.keys.write']);
    await granter.make('roles', { name: fresh('r'), permissions: ['order.*'] });
    await refused([
      () => granter.post('roles', { name: fresh('r'), permissions: ['iam.users.read'] }),
      () => granter.post('roles', { name: fresh('r'), permissions: ['iam.*'] }),
      () => granter.post('api-keys', { name: 'more', permissions: ['iam.users.read'] }),
    ]);
  });

  test('nobody shuts themselves out', async () => {
    const caller = await admin('iam.users.*');
    for (const attempt of [
      () => caller.post(`users/${caller.id}:lock`),
      () => caller.post(`users/${caller.id}:disable`),
      () => caller.remove(`users/${caller.id}`),
    ]) {
      assertProblem(await attempt(), 409, 'wrong_state');
    }
    done(await caller.get('me'));
    const root = operator(iam);
    assertProblem(await root.post('tenants/system:suspend'), 409, 'wrong_state');
    assertProblem(await root.remove('tenants/system'), 409, 'wrong_state');
  });

  test('an operator acts on any tenant, and its log says that they are from elsewhere', async () => {
    const role = await addRole(tenant.operator, ['order.read']);
    const events = await tenant.operator.all('audit-events', { target: role.id });
    assert.deepEqual(events.map(({ action }) => action), ['role.created']);
    assert.equal(events[0].actor.tenant, 'system');
    assert.equal(events[0].actor.kind, 'api_key');
    const elsewhere = await operator(iam).get(`roles/${role.id}`);
    assertProblem(elsewhere, 404, 'not_found');
  });

  test('a person of the operator\'s tenant needs the permission there', async () => {
    const home = { name: 'system', operator: operator(iam), client_id: fresh('system-app') };
    await home.operator.make('clients', {
      id: home.client_id, first_party: true, redirect_uris: ['http://127.0.0.1:3000/callback'], scope: 'openid',
    });
    const helpdesk = await addRole(home.operator, ['iam.users.read']);
    const person = await addPerson(home.operator, { roles: [helpdesk.id] });
    const caller = (await user(iam, person.username, loginTo(home, person.username))).on(tenant.name);
    done(await caller.get('users'));
    assertProblem(await caller.post('users', { username: fresh('u') }), 403, 'permission_denied');
    assertProblem(await caller.get('tenants'), 403, 'permission_denied');
  });
});
