// Who may call what. The operations come from the served document, so that one that is new fails
// here until it is covered.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  Caller, addAdmin, addPerson, addRole, addTenant, done, fresh, operator, rowsOf, serviceAccount, user,
} from './admin.mjs';
import { assertProblem, call } from './client.mjs';
import { startIam } from './harness.mjs';
import { join, makeObjects } from './objects.mjs';
import { documentOf, operationsOf, perform } from './operations.mjs';

/** Operations that need no permission but a known caller, and why that is right. */
const KNOWN_ONLY = {
  readMe: 'It tells the caller who they are.',
};

/** What operations take beside, which their use cases look at since there is more than one way. */
const ALSO = {
  assignGroupRole: 'iam.roles.assign',
  unassignGroupRole: 'iam.roles.assign',
  assignUserRole: 'iam.roles.assign',
  unassignUserRole: 'iam.roles.assign',
};

describe('access to the admin API', () => {
  let iam, operations, ids, acme;
  const covered = { anonymous: new Set(), weak: new Set(), foreign: new Set() };

  before(async () => {
    iam = await startIam();
    operations = operationsOf(await documentOf(iam));
    ids = { ...(await makeObjects(demo())), tenants: 'demo' };
    await join(demo(), ids);
    acme = await addTenant(iam, 'acme');
    acme.admin = await addAdmin(iam, acme);
  });
  after(() => iam?.stop());

  const demo = () => operator(iam, 'demo');
  const send = (caller, operation, more) => perform(caller, operation, ids, more);

  async function forEach(kind, check) {
    const before = await rowsOf(iam);
    assert.ok(before.users.length > 2 && before.roles.length > 2, 'there is something to change');
    const wrong = [];
    for (const operation of operations) {
      try {
        await check(operation);
        covered[kind].add(operation.id);
      } catch (error) {
        wrong.push(`${operation.method} ${operation.path} (${operation.id}): ${error.message}`);
      }
    }
    assert.deepEqual(wrong, [], `${wrong.length} operations`);
    assert.deepEqual(await rowsOf(iam), before, 'something was changed');
  }

  test('every operation says what it takes', () => {
    const silent = operations.filter(({ id, needs }) => !needs && !KNOWN_ONLY[id]).map(({ id }) => id);
    assert.deepEqual(silent, []);
    const outside = operations.filter(({ path }) => !path.startsWith('/admin/v1/')).map(({ path }) => path);
    assert.deepEqual(outside, []);
    assert.ok(operations.length > 50, `${operations.length} operations`);
  });

  test('nobody gets anything without a credential', async () => {
    await forEach('anonymous', async (operation) => {
      const answer = await send(new Caller(iam), operation);
      assertProblem(answer, 401, 'unauthenticated');
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /);
    });
  });

  test('who holds every permission but the one that is needed gets nothing', async () => {
    const others = await permissionsOfThisApi();
    const keys = await weakKeys(demo(), others);
    const ofOperator = await weakKeys(operator(iam), others);
    await forEach('weak', async (operation) => {
      if (KNOWN_ONLY[operation.id]) return;
      const weak = operation.forOperators ? ofOperator : keys;
      assertProblem(await send(weak.get(operation.needs), operation), 403, 'permission_denied');
      const also = ALSO[operation.id];
      if (also) assertProblem(await send(weak.get(also), operation), 403, 'permission_denied');
    });
    const known = operations.map(({ id }) => id);
    assert.deepEqual(Object.keys({ ...ALSO, ...KNOWN_ONLY }).filter((id) => !known.includes(id)), []);
  });

  test('an operation for operators is none of a tenant admin, whatever they hold', async () => {
    const admin = await user(iam, 'admin');
    const key = await serviceAccount(demo(), ['iam.*']);
    const forOperators = operations.filter((operation) => operation.forOperators);
    assert.ok(forOperators.length >= 5, `${forOperators.length} operations`);
    for (const operation of forOperators) {
      for (const caller of [admin, key]) {
        assertProblem(await send(caller, operation), 403, 'permission_denied');
        // Not even whether there is such a tenant.
        const answer = await perform(caller, operation, { ...ids, tenants: 'nosuch' });
        assertProblem(answer, 403, 'permission_denied');
      }
    }
  });

  test('to another tenant\'s admin there is nothing, by id and by the name of the tenant', async () => {
    await forEach('foreign', async (operation) => {
      assertProblem(await send(acme.admin.on('demo'), operation), 404, 'not_found');
      assertProblem(await send(acme.admin.on('nosuch'), operation), 404, 'not_found');
      if (!operation.path.includes('{') || operation.forOperators) return;
      assertProblem(await send(acme.admin, operation), 404, 'not_found');
    });
  });

  test('another tenant\'s id in a body or a filter is as good as none', async () => {
    const own = {
      user: await addPerson(acme.operator),
      group: await acme.operator.make('groups', { name: fresh('group') }),
      role: await addRole(acme.operator, []),
    };
    const made = await rowsOf(iam);
    const { admin } = acme;
    const refused = [
      await admin.post('users', { username: fresh('mole'), roles: [ids.roles] }),
      await admin.post('users', { username: fresh('mole'), groups: [ids.groups] }),
      await admin.post('groups', { name: fresh('mole'), parent: ids.groups }),
      await admin.patch(`groups/${own.group.id}`, { parent: ids.groups }),
      await admin.post('roles', { name: fresh('mole'), includes: [ids.roles] }),
      await admin.post('roles', { name: fresh('mole'), assignable: [ids.roles] }),
      await admin.patch(`roles/${own.role.id}`, { includes: [ids.roles] }),
      await admin.put(`users/${own.user.id}/roles/${ids.roles}`),
      await admin.put(`users/${ids.users}/roles/${own.role.id}`),
      await admin.put(`groups/${own.group.id}/roles/${ids.roles}`),
      await admin.put(`groups/${own.group.id}/members/${ids.users}`),
      await admin.put(`groups/${ids.groups}/members/${own.user.id}`),
    ];
    for (const [index, answer] of refused.entries()) {
      assert.ok([400, 404].includes(answer.status), `request ${index}: ${answer.status} ${answer.text}`);
    }
    for (const [path, query] of [
      ['roles', { user: ids.users }], ['roles', { group: ids.groups }], ['users', { group: ids.groups }],
      ['users', { role: ids.roles }], ['groups', { parent: ids.groups }], ['groups', { member: ids.users }],
      ['users', { username: 'alice' }],
    ]) {
      const answer = await admin.get(path, query);
      if (answer.status !== 404) assert.deepEqual(done(answer).items, [], `${path} ${JSON.stringify(query)}`);
    }
    assert.deepEqual(await rowsOf(iam), made);
  });

  test('whose credential is no good is nobody', async () => {
    const nobody = async (bearer, why) => {
      const answer = await new Caller(iam, bearer).get('me');
      assert.equal(answer.status, 401, `${why}: ${answer.text}`);
      assertProblem(answer, 401, 'unauthenticated');
    };
    const { api_key } = iam.dev;
    const last = api_key.at(-1) === 'A' ? 'B' : 'A';
    for (const bearer of ['x', 'a.b.c', '..', api_key.slice(0, -1), api_key.slice(0, -1) + last, `${api_key}x`,
      api_key.toUpperCase(), 'x'.repeat(10_000), iam.dev.password]) {
      await nobody(bearer, bearer.slice(0, 12));
    }
    for (const authorization of ['', 'Bearer', 'Bearer ', api_key, `Basic ${api_key}`, `Bearer\t${api_key}`]) {
      const answer = await call(iam, '/admin/v1/me', { headers: { authorization } });
      assertProblem(answer, 401, 'unauthenticated');
    }
    assertProblem(await call(iam, `/admin/v1/me?access_token=${api_key}`), 401, 'unauthenticated');
  });

  test('every operation was called without a credential, by who is too weak and from elsewhere', () => {
    const all = operations.map(({ id }) => id).sort();
    for (const kind of Object.keys(covered)) assert.deepEqual([...covered[kind]].sort(), all, kind);
  });

  /** The permissions of this API that operations name, and one that none does. */
  async function permissionsOfThisApi() {
    const named = operations.map(({ needs }) => needs).filter(Boolean);
    return [...new Set([...named, ...Object.values(ALSO), 'iam.permissions.grant'])].sort();
  }
});

/** By permission, a service account that holds all others. */
async function weakKeys(maker, permissions) {
  const keys = new Map();
  for (const missing of permissions) {
    const others = permissions.filter((permission) => permission !== missing);
    keys.set(missing, await serviceAccount(maker, others, `all but ${missing}`));
  }
  return keys;
}
