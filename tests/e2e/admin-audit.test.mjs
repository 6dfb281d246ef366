// The audit log: that everything is in it and nothing secret, and that nobody rewrites it unnoticed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addPerson, addRole, addTenant, done, fresh, loginTo, operator, serviceAccount } from './admin.mjs';
import { assertProblem, login, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

describe('the audit log', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  const verify = async (tenant, body = {}) => done(await tenant.operator.post('audit-events:verify', body));
  const eventsOf = (tenant, query) => tenant.operator.all('audit-events', { limit: 1000, ...query });
  const sql = (text, ...args) => iam.db.execute({ sql: text, args });

  /** Sends a request with a trace of its own and gives the events of it. */
  async function traced(tenant, send) {
    const trace = createHash('sha256').update(fresh('trace')).digest('hex').slice(0, 32);
    const answer = await send({ traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    done(answer);
    const events = (await eventsOf(tenant)).filter(({ trace_id }) => trace_id === trace);
    return { answer, events };
  }

  test('every change is in it, with who did it, to what, in which request', async () => {
    const tenant = await addTenant(iam);
    const { operator: admin } = tenant;
    const role = await addRole(admin, ['shelf.read']);
    const [person, group] = [await addPerson(admin), await admin.make('groups', { name: fresh('g') })];
    const key = await admin.make('api-keys', { name: 'k', permissions: ['shelf.read'] });
    const client = await admin.make('clients', { id: fresh('c'), redirect_uris: ['http://127.0.0.1:3000/cb'], scope: 'openid' });
    const policy = await admin.make('policies', { source: 'package iam.policy\n\ndefault allow := true\n' });
    const root = operator(iam);
    const changes = [
      ['POST', 'roles', { name: fresh('r') }, 'role.created'],
      ['PATCH', `roles/${role.id}`, { description: 'x' }, 'role.changed', role.id],
      ['POST', 'permissions', { permission: 'shelf.write' }, 'permission.created', 'shelf.write'],
      ['PATCH', 'permissions/shelf.write', { description: 'x' }, 'permission.changed', 'shelf.write'],
      ['DELETE', 'permissions/shelf.write', undefined, 'permission.removed', 'shelf.write'],
      ['PUT', `users/${person.id}/roles/${role.id}`, undefined, 'role.assigned', person.id],
      ['DELETE', `users/${person.id}/roles/${role.id}`, undefined, 'role.unassigned', person.id],
      ['PUT', `groups/${group.id}/roles/${role.id}`, undefined, 'role.assigned', group.id],
      ['PUT', `groups/${group.id}/members/${person.id}`, undefined, 'group.member_added', group.id],
      ['DELETE', `groups/${group.id}/members/${person.id}`, undefined, 'group.member_removed', group.id],
      ['PATCH', `groups/${group.id}`, { description: 'x' }, 'group.changed', group.id],
      ['DELETE', `groups/${group.id}`, undefined, 'group.removed', group.id],
      ['POST', 'users', { username: fresh('u') }, 'user.created'],
      ['PATCH', `users/${person.id}`, { profile: { name: 'X' } }, 'user.changed', person.id],
      ['POST', `users/${person.id}:lock`, undefined, 'user.locked', person.id],
      ['POST', `users/${person.id}:unlock`, undefined, 'user.unlocked', person.id],
      ['POST', `users/${person.id}:reset-password`, { password: `${PASSWORD} 2` }, 'user.password_reset', person.id],
      ['POST', `users/${person.id}:revoke-sessions`, undefined, 'user.sessions_revoked', person.id],
      ['GET', `users/${person.id}:export`, undefined, 'user.exported', person.id],
      ['DELETE', `users/${person.id}`, undefined, 'user.deleted', person.id],
      ['POST', `users/${person.id}:restore`, undefined, 'user.restored', person.id],
      ['POST', `users/${person.id}:erase`, undefined, 'user.erased', person.id],
      ['PATCH', `clients/${client.id}`, { name: 'x' }, 'client.changed', client.id],
      ['DELETE', `clients/${client.id}`, undefined, 'client.removed', client.id],
      ['PATCH', `api-keys/${key.id}`, { name: 'x' }, 'api_key.changed', key.id],
      ['POST', `api-keys/${key.id}:revoke`, undefined, 'api_key.revoked', key.id],
      ['DELETE', `api-keys/${key.id}`, undefined, 'api_key.removed', key.id],
      ['POST', `policies/${policy.id}:activate`, undefined, 'policy.activated', policy.id],
      ['POST', 'policies:rollback', undefined, 'policy.rolled_back'],
      ['PATCH', `/admin/v1/tenants/${tenant.name}`, { display_name: 'x' }, 'tenant.changed', tenant.name],
    ];
    for (const [method, path, body, action, target] of changes) {
      const caller = path.startsWith('/') ? root : admin;
      const { events } = await traced(tenant, (headers) =>
        caller.send(method, path, { body, headers: { 'if-match': '*', ...headers } }));
      assert.deepEqual(events.map((event) => event.action), [action], `${method} ${path}`);
      const [event] = events;
      assert.equal(event.outcome, 'success');
      assert.deepEqual([event.actor.kind, event.actor.tenant], ['api_key', 'system'], action);
      if (target) assert.equal(event.target.id, target, action);
      assert.ok(Math.abs(Date.parse(event.at) - Date.now()) < 30_000);
      assert.ok(event.origin === undefined || event.origin.salt.length === 32);
    }
  });

  test('every login result is in it, with its reason, and where it came from', async () => {
    const tenant = await addTenant(iam);
    const person = await addPerson(tenant.operator);
    const by = loginTo(tenant, person.username);
    succeeded(await login(iam, by));
    await login(iam, { ...by, password: 'wrong' });
    await login(iam, { ...by, username: 'nobody-here', password: 'wrong' });
    done(await tenant.operator.post(`users/${person.id}:lock`));
    await login(iam, by);
    const events = await eventsOf(tenant, { action: 'login.' });
    assert.deepEqual(events.map(({ action, outcome, actor, target, details }) =>
      [action, outcome, actor.kind, target.id, details.reason, details.client_id]), [
      ['login.succeeded', 'success', 'user', person.id, undefined, tenant.client_id],
      ['login.failed', 'denied', 'anonymous', person.id, 'invalid_credentials', tenant.client_id],
      ['login.failed', 'denied', 'anonymous', '', 'invalid_credentials', tenant.client_id],
      ['login.denied', 'denied', 'anonymous', person.id, 'user_locked', tenant.client_id],
    ]);
    for (const { origin, trace_id } of events) {
      assert.ok(origin.ip, 'where it came from');
      assert.match(trace_id, /^[0-9a-f]{32}$/);
    }
    assert.equal(events[2].origin.username, 'nobody-here');
  });

  test('nothing secret is in it, nor in the logs', async () => {
    const tenant = await addTenant(iam);
    const { operator: admin } = tenant;
    const passwords = [`${fresh('first')} ${PASSWORD}`, `${fresh('second')} ${PASSWORD}`];
    const person = await addPerson(admin, { password: passwords[0], private_metadata: { note: 'very private' } });
    done(await admin.post(`users/${person.id}:reset-password`, { password: passwords[1] }));
    succeeded(await login(iam, loginTo(tenant, person.username, passwords[1])));
    const wrong = `${fresh('wrong')} guess`;
    await login(iam, loginTo(tenant, person.username, wrong));
    const key = await serviceAccount(admin, ['iam.users.read']);
    const client = await admin.make('clients', {
      id: fresh('s'), grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic', scope: 'x',
    });
    const { rows: hashes } = await sql('select hash from credentials');
    const secrets = [...passwords, wrong, key.bearer.split('_').at(-1), client.client_secret, 'very private', '$argon2',
      ...hashes.map(({ hash }) => hash)];
    const { rows: tables } = await sql("select name from sqlite_master where type = 'table' and name like 'audit%'");
    assert.ok(tables.length > 0);
    const stored = await Promise.all(tables.map(({ name }) => sql(`select * from ${name}`)));
    const log = JSON.stringify(stored.map(({ rows }) => rows)) + JSON.stringify(await eventsOf(tenant)) + iam.logs();
    for (const secret of secrets) assert.ok(!log.includes(secret), secret.slice(0, 8));
  });

  test('lists are filtered, alone and together', async () => {
    const tenant = await addTenant(iam);
    const { operator: admin } = tenant;
    const first = await addRole(admin, []);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const middle = new Date().toISOString();
    const key = await serviceAccount(admin, ['iam.roles.*']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await key.make('roles', { name: fresh('r') });
    done(await key.patch(`roles/${second.id}`, { description: 'x' }));
    const found = async (query) => (await eventsOf(tenant, query)).map(({ action, target }) => `${action} ${target.id}`);
    assert.deepEqual(await found({ actor: key.id }), [`role.created ${second.id}`, `role.changed ${second.id}`]);
    assert.deepEqual(await found({ target: first.id }), [`role.created ${first.id}`]);
    assert.deepEqual(await found({ action: 'role.ch' }), [`role.changed ${second.id}`]);
    assert.deepEqual(await found({ action: 'role.', from: middle }), [`role.created ${second.id}`, `role.changed ${second.id}`]);
    assert.deepEqual(await found({ action: 'role.', until: middle }), [`role.created ${first.id}`]);
    assert.deepEqual(await found({ action: 'role.', outcome: 'denied' }), []);
    for (const query of [{ from: 'yesterday' }, { outcome: 'maybe' }]) {
      assertProblem(await admin.get('audit-events', query), 400, 'invalid_request');
    }
  });

  test('the chain is the one that others compute, from the first event to the head', async () => {
    const tenant = await addTenant(iam);
    const person = await addPerson(tenant.operator);
    await login(iam, { ...loginTo(tenant, 'Ünïcødé"\\'), password: 'wrong' });
    succeeded(await login(iam, loginTo(tenant, person.username)));
    for (let i = 0; i < 20; i += 1) await addRole(tenant.operator, []);
    const { events, end } = await exported(tenant);
    assert.equal(end.events, events.length);
    assert.ok(events.length > 23, events.length);
    const link = recomputed(events);
    assert.deepEqual(link, { sequence: end.sequence, hash: end.head });
    const found = await verify(tenant);
    assert.deepEqual([found.valid, found.complete, found.events, found.head], [true, true, events.length, end.head]);
    // From where the export ended there is nothing, and nothing is wrong.
    const rest = await verify(tenant, { sequence: end.sequence, head: end.head });
    assert.deepEqual([rest.valid, rest.complete, rest.events], [true, true, 0]);
    const forged = await verify(tenant, { sequence: end.sequence, head: '0'.repeat(64) });
    assert.equal(forged.valid, false);
    assertProblem(await tenant.operator.post('audit-events:verify', { sequence: 1 }), 400, 'invalid_request');
  });

  test('what is written at once is chained once, without gaps', async () => {
    const tenant = await addTenant(iam);
    await Promise.all(Array.from({ length: 30 }, async (_, i) => {
      await addRole(tenant.operator, []);
      if (i % 3 === 0) await verify(tenant);
    }));
    const { events, end } = await exported(tenant);
    assert.deepEqual(recomputed(events), { sequence: end.sequence, hash: end.head });
    assert.deepEqual(events.map(({ sequence }) => sequence).sort((a, b) => a - b), events.map((_, i) => i + 1));
    assert.equal(events.filter(({ action }) => action === 'role.created').length, 30);
  });

  test('who rewrites it in the database is found out', async () => {
    const columns = (await sql('select * from audit_events limit 1')).columns;
    for (const [name, tamper, reason] of [
      ['an action', (id, at) => sql("update audit_events set action = 'role.seen' where tenant_id = ? and sequence = ?", id, at), 'changed'],
      ['an outcome', (id, at) => sql("update audit_events set outcome = 'denied' where tenant_id = ? and sequence = ?", id, at), 'changed'],
      ['a time', (id, at) => sql('update audit_events set happened_at = happened_at - 1 where tenant_id = ? and sequence = ?', id, at), 'changed'],
      ['a hash', (id, at) => sql(`update audit_events set hash = '${'0'.repeat(64)}' where tenant_id = ? and sequence = ?`, id, at), 'changed'],
      ['an event that is gone', (id, at) => sql('delete from audit_events where tenant_id = ? and sequence = ?', id, at), 'missing'],
    ]) {
      const tenant = await addTenant(iam);
      for (let i = 0; i < 5; i += 1) await addRole(tenant.operator, []);
      const good = await verify(tenant);
      assert.equal(good.valid, true);
      const { rows: [{ id }] } = await sql('select id from tenants where name = ?', tenant.name);
      const { rowsAffected } = await tamper(id, 3);
      assert.equal(rowsAffected, 1, `${name}; columns: ${columns}`);
      const found = await verify(tenant);
      assert.deepEqual([found.valid, found.broken_at, found.events], [false, 3, 2], name);
      assert.equal(found.reason, reason, name);
    }
  });

  test('a log that was cut at its end is found out by the head that was kept', async () => {
    const tenant = await addTenant(iam);
    for (let i = 0; i < 5; i += 1) await addRole(tenant.operator, []);
    const { end } = await exported(tenant);
    const { rows: [{ id }] } = await sql('select id from tenants where name = ?', tenant.name);
    await sql('delete from audit_events where tenant_id = ? and sequence >= ?', id, end.sequence - 1);
    const found = await verify(tenant, { sequence: end.sequence, head: end.head });
    assert.deepEqual([found.valid, found.reason], [false, 'missing']);
  });

  test('who is erased leaves the chain whole, and no trace of where they were', async () => {
    const tenant = await addTenant(iam);
    const person = await addPerson(tenant.operator);
    succeeded(await login(iam, loginTo(tenant, person.username)));
    await login(iam, { ...loginTo(tenant, person.username), password: 'wrong' });
    const before = await exported(tenant);
    const own = ({ events }) => events.filter(({ actor, target }) => [actor.id, target.id].includes(person.id));
    assert.ok(own(before).some(({ action, origin }) => action === 'login.succeeded' && origin));
    done(await tenant.operator.send('POST', `users/${person.id}:erase`, { headers: { 'if-match': '*' } }));
    const afterwards = await exported(tenant);
    const logins = own(afterwards).filter(({ action }) => action.startsWith('login.'));
    assert.equal(logins.length, 2);
    for (const { origin } of logins) assert.equal(origin, undefined);
    assert.ok(!JSON.stringify(afterwards.events).includes(person.username));
    assert.deepEqual(recomputed(afterwards.events), { sequence: afterwards.end.sequence, hash: afterwards.end.head });
    assert.equal((await verify(tenant)).valid, true);
    const kept = await verify(tenant, { sequence: before.end.sequence, head: before.end.head });
    assert.equal(kept.valid, true);
  });

  test('a tenant sees its own log only', async () => {
    const [a, b] = [await addTenant(iam), await addTenant(iam)];
    const role = await addRole(a.operator, []);
    const reader = await serviceAccount(b.operator, ['iam.audit.read']);
    assert.deepEqual(await reader.all('audit-events', { target: role.id }), []);
    assert.ok(!(await reader.get('audit-events:export')).text.includes(role.id));
    assertProblem(await reader.on(a.name).get('audit-events'), 404, 'not_found');
  });

  /** The whole log: the lines of its export, and of the last what it says. */
  async function exported(tenant) {
    const answer = await tenant.operator.get('audit-events:export');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('content-type'), 'application/x-ndjson');
    const lines = answer.text.trim().split('\n').map((line) => JSON.parse(line));
    const { end } = lines.pop();
    assert.equal(end.next_cursor, undefined);
    return { events: lines, end };
  }
});

/**
 * Computes the chain anew, as docs/adr/0009 says: SHA-256 over the hash before it (64 zeros before
 * the first) and the canonical JSON of `{event, origin_digest, sequence}`, the event being without
 * its origin and its time in milliseconds; gives where it ends.
 */
function recomputed(events) {
  const link = { sequence: 0, hash: '0'.repeat(64) };
  for (const line of [...events].sort((a, b) => a.sequence - b.sequence)) {
    const { origin, origin_digest, sequence, hash, ...event } = line;
    assert.equal(sequence, link.sequence + 1);
    if (origin) assert.equal(sha256(canonical(origin)), origin_digest, `origin of ${sequence}`);
    const bare = { ...event, at: Date.parse(event.at) };
    if (Object.keys(event.details).length === 0) delete bare.details;
    link.hash = sha256(link.hash + canonical({ event: bare, origin_digest, sequence }));
    link.sequence = sequence;
    assert.equal(link.hash, hash, `hash of ${sequence}`);
  }
  return link;
}

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** JSON without white space, members sorted by name (RFC 8785 §3.2). */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}
