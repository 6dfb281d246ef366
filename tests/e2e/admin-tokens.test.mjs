// What tokens say of who was changed through the admin API, and who gets none.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addPerson, addRole, addTenant, done, fresh, loginTo, operator } from './admin.mjs';
import { assertProblem, login, payload, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { assertStep } from './steps.mjs';

describe('tokens after changes by the admin API', () => {
  let iam, tenant, admin;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    admin = tenant.operator;
  });
  after(() => iam?.stop());

  const as = (person, change) => loginTo({ ...tenant, ...change }, person.username);
  const tokensFor = (person, change) => tokensOf(iam, as(person, change));
  const refreshed = (tokens, client = tenant.client_id) => refresh(iam, tokens.refresh_token, client);
  const claimsOf = (tokens) => payload(tokens.access_token);

  test('roles come through nested groups and included roles, each once, sorted, with all they allow', async () => {
    const [reader, writer, boss] = [
      await addRole(admin, ['rack.read']),
      await addRole(admin, ['rack.write', 'rack.read']),
      await addRole(admin, ['rack.delete']),
    ];
    const lead = await addRole(admin, [], { includes: [writer.id] });
    const top = await admin.make('groups', { name: fresh('top') });
    const middle = await admin.make('groups', { name: fresh('middle'), parent: top.id });
    const leaf = await admin.make('groups', { name: fresh('leaf'), parent: middle.id });
    done(await admin.put(`groups/${top.id}/roles/${boss.id}`));
    done(await admin.put(`groups/${leaf.id}/roles/${lead.id}`));
    const person = await addPerson(admin, { roles: [reader.id] });
    assert.deepEqual(claimsOf(await tokensFor(person)).roles, [reader.name]);
    done(await admin.put(`groups/${leaf.id}/members/${person.id}`));
    const { roles, permissions } = claimsOf(await tokensFor(person));
    assert.deepEqual(permissions, ['rack.delete', 'rack.read', 'rack.write']);
    for (const role of [reader, lead, boss]) assert.ok(roles.includes(role.name), role.name);
    assert.deepEqual(roles, [...new Set(roles)].sort());
    // Out of the middle of the tree, and what came from above is gone.
    done(await admin.patch(`groups/${leaf.id}`, { parent: null }));
    const after = claimsOf(await tokensFor(person));
    assert.deepEqual(after.permissions, ['rack.read', 'rack.write']);
    assert.ok(!after.roles.includes(boss.name));
  });

  test('a role that is taken, changed or removed is so at the next refresh', async () => {
    const role = await addRole(admin, ['rack.read']);
    const person = await addPerson(admin, { roles: [role.id] });
    let tokens = await tokensFor(person);
    assert.deepEqual(claimsOf(tokens).permissions, ['rack.read']);
    const next = async () => claimsOf((tokens = succeeded(await refreshed(tokens))));
    done(await admin.patch(`roles/${role.id}`, { permissions: [] }));
    assert.deepEqual((await next()).permissions, []);
    done(await admin.patch(`roles/${role.id}`, { name: `${role.name}-2`, permissions: ['rack.read'] }));
    assert.deepEqual((await next()).roles, [`${role.name}-2`]);
    done(await admin.remove(`users/${person.id}/roles/${role.id}`));
    assert.deepEqual((await next()).roles, []);
    done(await admin.put(`users/${person.id}/roles/${role.id}`));
    assert.deepEqual((await next()).permissions, ['rack.read']);
    done(await admin.remove(`roles/${role.id}`));
    const { roles, permissions } = await next();
    assert.deepEqual([roles, permissions], [[], []]);
  });

  test('who is locked, disabled or deleted is refused at login and at refresh, until they are back', async () => {
    for (const [shut, code, open] of [
      [(id) => admin.post(`users/${id}:lock`), [403, 'user_locked'], ['unlock']],
      [(id) => admin.post(`users/${id}:disable`), [403, 'user_disabled'], ['enable']],
      [(id) => admin.remove(`users/${id}`), [401, 'invalid_credentials'], ['restore', 'enable']],
    ]) {
      const person = await addPerson(admin);
      const tokens = await tokensFor(person);
      done(await shut(person.id));
      assertProblem(await login(iam, as(person)), ...code);
      assertProblem(await refreshed(tokens), 401, 'invalid_grant');
      for (const verb of open) done(await admin.post(`users/${person.id}:${verb}`));
      await tokensFor(person);
    }
  });

  test('nobody of a suspended or deleted tenant gets tokens, and all do when it is back', async () => {
    const shut = await addTenant(iam);
    const root = operator(iam);
    const person = await addPerson(shut.operator);
    const log = () => login(iam, loginTo(shut, person.username));
    for (const [act, code, verbs] of [
      [() => root.post(`tenants/${shut.name}:suspend`), [403, 'tenant_suspended'], ['activate']],
      [() => root.remove(`tenants/${shut.name}`), [400, 'unknown_client'], ['restore', 'activate']],
    ]) {
      const tokens = succeeded(await log());
      done(await act());
      assertProblem(await log(), ...code);
      assertProblem(await refreshed(tokens, shut.client_id), 401, 'invalid_grant');
      for (const verb of verbs) done(await root.post(`tenants/${shut.name}:${verb}`));
    }
    succeeded(await log());
  });

  test('a client\'s mappings say which scope puts what into which token', async () => {
    const client_id = fresh('mapped');
    await admin.make('clients', {
      id: client_id,
      first_party: true,
      redirect_uris: ['http://127.0.0.1:3000/callback'],
      scope: 'openid offline_access email org',
      claim_mappings: [
        { scope: 'email', claim: 'email', source: 'user.email', token: 'id' },
        { scope: 'org', claim: 'https://acme.example/cost_center', source: 'user.attributes.cost_center', token: 'both' },
        { scope: 'org', claim: 'groups', source: 'groups', token: 'access' },
        { scope: 'org', claim: 'plan', source: 'user.public_metadata.plan', token: 'id' },
      ],
    });
    const top = await admin.make('groups', { name: fresh('top') });
    const leaf = await admin.make('groups', { name: fresh('leaf'), parent: top.id });
    const person = await addPerson(admin, {
      emails: [{ address: 'Mapped@Example.com', verified: true }],
      attributes: { cost_center: 4711 },
      public_metadata: { plan: 'gold' },
      private_metadata: { note: 'private' },
      groups: [leaf.id],
    });
    const tokens = await tokensFor(person, { client_id });
    const [access, id] = [claimsOf(tokens), payload(tokens.id_token)];
    assert.equal(id.email, 'Mapped@Example.com');
    assert.equal(access.claims.email, undefined);
    assert.equal(access.claims['https://acme.example/cost_center'], 4711);
    assert.equal(id['https://acme.example/cost_center'], 4711);
    assert.deepEqual(access.claims.groups, [`${top.name}/${leaf.name}`]);
    assert.equal(id.groups, undefined);
    assert.equal(id.plan, 'gold');
    assert.ok(!JSON.stringify([access, id]).includes('private'));
    const less = await tokensOf(iam, { ...as(person, { client_id }), scope: 'openid' });
    assert.deepEqual([payload(less.id_token).email, claimsOf(less).claims], [undefined, undefined]);
    // A mapping never decides who somebody is.
    for (const claim of ['sub', 'iss', 'tenant', 'acr', 'exp', 'client_id']) {
      const mapping = { scope: 'org', claim, source: 'user.username', token: 'both' };
      const answer = await admin.patch(`clients/${client_id}`, { claim_mappings: [mapping] });
      assertProblem(answer, 400, 'invalid_request');
    }
    // Nor what they may do: nobody can grant what they do not hold.
    for (const claim of ['roles', 'permissions']) {
      const mapping = { scope: 'org', claim, source: 'user.attributes.cost_center', token: 'access' };
      const answer = await admin.patch(`clients/${client_id}`, { claim_mappings: [mapping] });
      assertProblem(answer, 400, 'invalid_request');
    }
  });

  test('an access token over 4 KB warns in the audit log', async () => {
    const many = Array.from({ length: 120 }, (_, n) => `warehouse.section${n}.inspect-everything`);
    const role = await addRole(admin, many);
    const person = await addPerson(admin, { roles: [role.id] });
    const { access_token } = await tokensFor(person);
    assert.ok(access_token.length > 4096, access_token.length);
    const [event] = await admin.all('audit-events', { action: 'token.large' });
    assert.equal(event.outcome, 'warning');
    assert.equal(event.target.id, person.id);
    assert.equal(event.details.bytes, access_token.length);
  });

  test('who has to change their password gets no tokens', async () => {
    const person = await addPerson(admin);
    const tokens = await tokensFor(person);
    done(await admin.post(`users/${person.id}:reset-password`, { password: PASSWORD, password_change_required: true }));
    assertStep(await login(iam, as(person)), 'password_change_required');
    assertProblem(await login(iam, { ...as(person), password: 'wrong' }), 401, 'invalid_credentials');
    assertProblem(await refreshed(tokens), 401, 'invalid_grant');
    done(await admin.post(`users/${person.id}:reset-password`, { password: `${PASSWORD} 2` }));
    succeeded(await login(iam, { ...as(person), password: `${PASSWORD} 2` }));
    assertProblem(await login(iam, as(person)), 401, 'invalid_credentials');
  });

  test('tokens live as long as the tenant says', async () => {
    const own = await addTenant(iam);
    const person = await addPerson(own.operator);
    const lifetime = (token) => payload(token).exp - payload(token).iat;
    const before = await tokensOf(iam, loginTo(own, person.username));
    assert.ok(Math.abs(lifetime(before.access_token) - 900) <= 1);
    const lifetimes = { access_token: 120, id_token: 240, refresh_token: 600 };
    const root = operator(iam);
    done(await root.patch(`tenants/${own.name}`, { settings: { token_lifetimes: lifetimes } }));
    const after = await tokensOf(iam, loginTo(own, person.username));
    assert.ok(Math.abs(lifetime(after.access_token) - 120) <= 1, String(lifetime(after.access_token)));
    assert.ok(Math.abs(lifetime(after.id_token) - 240) <= 1, String(lifetime(after.id_token)));
    assert.ok(after.expires_in <= 120);
    const next = succeeded(await refreshed(after, own.client_id));
    assert.ok(Math.abs(lifetime(next.access_token) - 120) <= 1);
    // A client that is made later has them too.
    const client_id = fresh('later');
    await own.operator.make('clients', {
      id: client_id, first_party: true, redirect_uris: ['http://127.0.0.1:3000/callback'], scope: 'openid',
    });
    const later = await tokensOf(iam, loginTo({ ...own, client_id }, person.username));
    assert.ok(Math.abs(lifetime(later.access_token) - 120) <= 1);
    // Those of another tenant stay as they are.
    const elsewhere = await tokensFor(await addPerson(admin));
    assert.ok(Math.abs(lifetime(elsewhere.access_token) - 900) <= 1);
  });

  test('sessions that are revoked refresh no more, on any client', async () => {
    const person = await addPerson(admin);
    const other = await addPerson(admin);
    const [first, second, others] = [await tokensFor(person), await tokensFor(person), await tokensFor(other)];
    done(await admin.post(`users/${person.id}:revoke-sessions`));
    for (const tokens of [first, second]) assertProblem(await refreshed(tokens), 401, 'invalid_grant');
    succeeded(await refreshed(others));
    succeeded(await refreshed(await tokensFor(person)));
  });

  test('a new password ends the sessions of the old one', async () => {
    const person = await addPerson(admin);
    const tokens = await tokensFor(person);
    done(await admin.post(`users/${person.id}:reset-password`, { password: `${PASSWORD} 2` }));
    assertProblem(await refreshed(tokens), 401, 'invalid_grant');
  });
});
