// Groups and roles: how they contain each other, and who is in them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addRole, addTenant, done, fresh } from './admin.mjs';
import { assertProblem, pointers } from './client.mjs';
import { startIam } from './harness.mjs';

describe('groups and roles', () => {
  let iam, admin;
  before(async () => {
    iam = await startIam();
    admin = (await addTenant(iam)).operator;
  });
  after(() => iam?.stop());

  const addGroup = (more) => admin.make('groups', { name: fresh('group'), ...more });
  const ids = (items) => items.map(({ id }) => id).sort();

  /** A chain of things, each referring to the one before by `field`. */
  async function chain(length, add, refer) {
    const made = [await add()];
    while (made.length < length) made.push(await add(refer(made.at(-1))));
    return made;
  }

  test('a group is not put into itself, nor into one below it', async () => {
    const [top, middle, leaf] = await chain(3, addGroup, ({ id }) => ({ parent: id }));
    for (const below of [top, middle, leaf]) {
      assertProblem(await admin.patch(`groups/${top.id}`, { parent: below.id }), 409, 'cycle');
    }
    assert.equal((await admin.read(`groups/${top.id}`)).version, 1);
    done(await admin.patch(`groups/${leaf.id}`, { parent: null }));
    done(await admin.patch(`groups/${top.id}`, { parent: leaf.id }));
  });

  test('of two groups that are put into each other at once one stays where it is', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await addGroup(), await addGroup()];
      const answers = await Promise.all([
        admin.patch(`groups/${a.id}`, { parent: b.id }, '"1"'),
        admin.patch(`groups/${b.id}`, { parent: a.id }, '"1"'),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409], answers.map(({ text }) => text).join('\n'));
    }
  });

  test('a role does not include itself, nor one that includes it', async () => {
    const [first, second, third] = await chain(3, (more) => addRole(admin, [], more), ({ id }) => ({ includes: [id] }));
    for (const other of [first, second, third]) {
      assertProblem(await admin.patch(`roles/${first.id}`, { includes: [other.id] }), 409, 'cycle');
    }
    assert.deepEqual((await admin.read(`roles/${first.id}`)).includes, []);
    done(await admin.patch(`roles/${third.id}`, { includes: [] }));
    done(await admin.patch(`roles/${first.id}`, { includes: [third.id] }));
    // Who may give a role to others need not be below it.
    done(await admin.patch(`roles/${first.id}`, { assignable: [first.id, second.id] }));
  });

  test('of two roles that include each other at once one does not', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [a, b] = [await addRole(admin, []), await addRole(admin, [])];
      const answers = await Promise.all([
        admin.patch(`roles/${a.id}`, { includes: [b.id] }, '"1"'),
        admin.patch(`roles/${b.id}`, { includes: [a.id] }, '"1"'),
      ]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409], answers.map(({ text }) => text).join('\n'));
    }
  });

  test('what others refer to is not removed', async () => {
    const [top, leaf] = await chain(2, addGroup, ({ id }) => ({ parent: id }));
    assertProblem(await admin.remove(`groups/${top.id}`), 409, 'in_use');
    done(await admin.remove(`groups/${leaf.id}`));
    done(await admin.remove(`groups/${top.id}`));

    const role = await addRole(admin, ['shelf.read']);
    const including = await addRole(admin, [], { includes: [role.id] });
    assertProblem(await admin.remove(`roles/${role.id}`), 409, 'in_use');
    done(await admin.patch(`roles/${including.id}`, { includes: [], assignable: [role.id] }));
    assertProblem(await admin.remove(`roles/${role.id}`), 409, 'in_use');
    assertProblem(await admin.remove('permissions/shelf.read'), 409, 'in_use');
    done(await admin.remove(`roles/${including.id}`));
    done(await admin.remove(`roles/${role.id}`));
    done(await admin.remove('permissions/shelf.read'));
  });

  test('a group or role that does not exist is refused where it is named', async () => {
    const nobody = '01990a5d-ac96-774b-bcce-b302099a8057';
    const person = await addPerson(admin);
    const group = await addGroup();
    const role = await addRole(admin, []);
    for (const [path, body, pointer] of [
      ['groups', { name: fresh('g'), parent: nobody }, '/parent'],
      ['roles', { name: fresh('r'), includes: [nobody] }, '/includes'],
      ['roles', { name: fresh('r'), assignable: [role.id, nobody] }, '/assignable'],
      ['users', { username: fresh('u'), roles: [nobody] }, '/roles'],
      ['users', { username: fresh('u'), groups: [nobody] }, '/groups'],
      ['roles', { name: fresh('r'), permissions: ['no.such'] }, '/permissions'],
    ]) {
      const problem = assertProblem(await admin.post(path, body), 400, 'invalid_request');
      assert.ok(pointers(problem).every((found) => found.startsWith(pointer)), `${path}: ${pointers(problem)}`);
    }
    for (const path of [
      `users/${nobody}/roles/${role.id}`, `users/${person.id}/roles/${nobody}`, `groups/${nobody}/roles/${role.id}`,
      `groups/${group.id}/roles/${nobody}`, `groups/${nobody}/members/${person.id}`, `groups/${group.id}/members/${nobody}`,
    ]) {
      assertProblem(await admin.put(path), 404, 'not_found');
    }
  });

  test('a user is put into a group, given a role, and both are taken, twice without harm', async () => {
    const [person, group, role] = [await addPerson(admin), await addGroup(), await addRole(admin, [])];
    const links = [
      [`groups/${group.id}/members/${person.id}`, () => admin.all('users', { group: group.id }), person.id],
      [`users/${person.id}/roles/${role.id}`, () => admin.all('roles', { user: person.id }), role.id],
      [`groups/${group.id}/roles/${role.id}`, () => admin.all('roles', { group: group.id }), role.id],
    ];
    for (const [path, list, expected] of links) {
      for (const _ of [1, 2]) {
        done(await admin.put(path));
        assert.deepEqual(ids(await list()), [expected]);
      }
      for (const _ of [1, 2]) {
        done(await admin.send('DELETE', path));
        assert.deepEqual(await list(), []);
      }
    }
  });

  test('lists are filtered, alone and together', async () => {
    const top = await addGroup({ name: fresh('Büro') });
    const leaves = [await addGroup({ parent: top.id }), await addGroup({ parent: top.id })];
    const person = await addPerson(admin, { groups: [leaves[0].id] });
    assert.deepEqual(ids(await admin.all('groups', { parent: top.id })), ids(leaves));
    assert.deepEqual(ids(await admin.all('groups', { member: person.id })), [leaves[0].id]);
    assert.deepEqual(await admin.all('groups', { member: person.id, parent: leaves[1].id }), []);
    assert.deepEqual(ids(await admin.all('groups', { name: 'Büro' })), [top.id]);
    // The signs of a pattern are none.
    assert.deepEqual(await admin.all('groups', { name: '%' }), []);
    assert.deepEqual(await admin.all('groups', { name: 'B_ro' }), []);
    const role = await addRole(admin, [], { name: fresh('zz_role') });
    assert.deepEqual(ids(await admin.all('roles', { name: 'zz_' })), [role.id]);
    const both = await admin.get('roles', { user: person.id, group: top.id });
    assertProblem(both, 400, 'invalid_request');
  });

  test('a permission is a word in the catalogue, and a role has none that is not there', async () => {
    for (const permission of ['order', 'Order.Read', 'order.*', '*', 'iam.users.read', 'iam.x', 'a..b', 'x'.repeat(200)]) {
      const problem = assertProblem(await admin.post('permissions', { permission }), 400, 'invalid_request');
      assert.deepEqual(pointers(problem), ['/permission']);
    }
    await admin.make('permissions', { permission: 'dock.open' });
    await admin.make('permissions', { permission: 'dock.gate.open' });
    await admin.make('roles', { name: fresh('r'), permissions: ['dock.*', 'dock.open', 'iam.users.*', 'dock.open'] });
    const listed = await admin.all('permissions', { name: 'dock.' });
    assert.deepEqual(listed.map(({ permission }) => permission), ['dock.gate.open', 'dock.open']);
  });
});
