// Users: their names and addresses, what is known of them, and their end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addPerson, addRole, addTenant, done, fresh, loginTo, operator } from './admin.mjs';
import { assertProblem, login, pointers, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

describe('users', () => {
  let iam, tenant, admin;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
    admin = tenant.operator;
  });
  after(() => iam?.stop());

  const ids = (items) => items.map(({ id }) => id).sort();
  const add = (body) => addPerson(admin, body);

  test('a username is one in capitals, in full width and however it is composed', async () => {
    const tail = process.pid;
    for (const [name, ...same] of [
      [`bob${tail}`, `BOB${tail}`, `ｂｏｂ${tail}`],
      [`zo\u00eb${tail}`, `zoe\u0308${tail}`, `ZO\u00cb${tail}`],
      [`\u03b1\u03b2${tail}`, `\u0391\u0392${tail}`],
    ]) {
      const made = await add({ username: name });
      for (const username of same) {
        assertProblem(await admin.post('users', { username, password: PASSWORD }), 409, 'already_exists');
        assert.deepEqual(ids(await admin.all('users', { username })), [made.id], username);
        succeeded(await login(iam, loginTo(tenant, username)));
      }
      const other = await add();
      assertProblem(await admin.patch(`users/${other.id}`, { username: same[0] }), 409, 'already_exists');
      // It is the same person, who may spell their own name otherwise.
      done(await admin.patch(`users/${made.id}`, { username: same[0] }));
    }
  });

  test('the same name is somebody else in another tenant', async () => {
    const elsewhere = await addTenant(iam);
    const { username } = await add();
    const other = await addPerson(elsewhere.operator, { username, password: `${PASSWORD} 2` });
    assertProblem(await login(iam, loginTo(tenant, username, `${PASSWORD} 2`)), 401, 'invalid_credentials');
    succeeded(await login(iam, loginTo(elsewhere, username, `${PASSWORD} 2`)));
    assertProblem(await admin.get(`users/${other.id}`), 404, 'not_found');
  });

  test('an e-mail address and an external id belong to one user', async () => {
    const address = `${fresh('mail')}@Example.com`;
    const made = await add({ emails: [{ address }], external_ids: { hr: fresh('hr') } });
    assert.deepEqual(made.emails, [{ address, verified: false }]);
    const taken = [
      { emails: [{ address: address.toUpperCase() }] },
      { emails: [{ address: `${fresh('x')}@example.com` }, { address: address.toLowerCase() }] },
      { external_ids: made.external_ids },
    ];
    const other = await add();
    for (const body of taken) {
      assertProblem(await admin.post('users', { username: fresh('u'), ...body }), 409, 'already_exists');
      assertProblem(await admin.patch(`users/${other.id}`, body), 409, 'already_exists');
    }
    assert.equal((await admin.read(`users/${other.id}`)).version, 1);
    // Given up by one, it is free for another.
    done(await admin.patch(`users/${made.id}`, { emails: [], external_ids: null }));
    for (const body of taken) done(await admin.patch(`users/${other.id}`, body));
  });

  test('what is known of a user is kept and found as it was said', async () => {
    const body = {
      emails: [{ address: `${fresh('m')}@example.com`, verified: true }, { address: `${fresh('m')}@example.com` }],
      phone: '+4930123456',
      profile: { name: 'Zoë O\'Neil 🎉', given_name: 'Zoë', family_name: 'O\'Neil', locale: 'de-DE', zoneinfo: 'Europe/Berlin' },
      attributes: { department: 'R&D', level: 3, remote: true, nested: { a: [1, null, 'x'] } },
      external_ids: { hr: fresh('id'), 'sap-x': fresh('id') },
      public_metadata: { theme: 'dark' },
      private_metadata: { note: 'seen' },
    };
    const made = await add(body);
    const read = await admin.read(`users/${made.id}`);
    const expected = { ...body, emails: body.emails.map((email) => ({ verified: false, ...email })) };
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(read[name], value, name);
    // A merge patch goes into objects and replaces lists.
    const patch = { profile: { given_name: null, nickname: 'Z' }, attributes: { level: 4, nested: null } };
    const changed = done(await admin.patch(`users/${made.id}`, patch));
    const { given_name, ...kept } = body.profile;
    assert.deepEqual(changed.profile, { ...kept, nickname: 'Z' });
    assert.deepEqual(changed.attributes, { department: 'R&D', level: 4, remote: true });
    assert.deepEqual(changed.emails, expected.emails);
  });

  test('lists are filtered, alone and together', async () => {
    const role = await addRole(admin, []);
    const group = await admin.make('groups', { name: fresh('group') });
    const code = fresh('code');
    const found = await add({
      username: fresh('Filtered'), emails: [{ address: `${code}@example.com` }], attributes: { code, level: 7 },
      external_ids: { crm: code }, roles: [role.id], groups: [group.id],
    });
    const locked = await add({ attributes: { code } });
    done(await admin.post(`users/${locked.id}:lock`));
    for (const query of [
      { username: 'FILTERED' }, { email: `${code.toUpperCase()}@EXAMPLE.com` }, { 'attributes.code': code, status: 'active' },
      { 'attributes.level': '7' }, { external_id: `crm:${code}` }, { group: group.id }, { role: role.id },
      { role: role.id, group: group.id, status: 'active' },
    ]) {
      assert.deepEqual(ids(await admin.all('users', query)), [found.id], JSON.stringify(query));
    }
    assert.deepEqual(ids(await admin.all('users', { 'attributes.code': code })), ids([found, locked]));
    assert.deepEqual(ids(await admin.all('users', { 'attributes.code': code, status: 'locked' })), [locked.id]);
    for (const query of [{ username: '%' }, { username: 'filtere_' }, { 'attributes.co%': code }, { role: role.id, status: 'locked' }]) {
      assert.deepEqual(await admin.all('users', query), [], JSON.stringify(query));
    }
    for (const query of [{ status: 'gone' }, { role: 'clerk' }, { email: 'x' }, { external_id: 'x' }]) {
      assertProblem(await admin.get('users', query), 400, 'invalid_request');
    }
  });

  test('attributes are as the tenant\'s schema says', async () => {
    const attribute_schema = {
      type: 'object',
      properties: { level: { type: 'integer', minimum: 1 }, unit: { enum: ['a', 'b'] } },
      required: ['unit'],
      additionalProperties: false,
    };
    const strict = await addTenant(iam, undefined, { attribute_schema });
    const make = (attributes) => strict.operator.post('users', { username: fresh('u'), attributes });
    const made = done(await make({ unit: 'a', level: 2 }));
    for (const [attributes, pointer] of [
      [{ unit: 'a', level: 'x' }, '/attributes/level'], [{ unit: 'c' }, '/attributes/unit'],
      [{ unit: 'a', colour: 1 }, '/attributes'], [{}, '/attributes'], [undefined, '/attributes'],
    ]) {
      const found = pointers(assertProblem(await make(attributes), 400, 'invalid_request'));
      assert.ok(found[0].startsWith(pointer), `${JSON.stringify(attributes)}: ${found}`);
    }
    const patched = await strict.operator.patch(`users/${made.id}`, { attributes: { level: 0 } });
    assertProblem(patched, 400, 'invalid_request');
    const root = operator(iam);
    for (const schema of [{ type: 'nonsense' }, { $ref: 'https://example.com/schema.json' }, 7]) {
      const answer = await root.patch(`tenants/${strict.name}`, { settings: { attribute_schema: schema } });
      const problem = assertProblem(answer, 400, 'invalid_request');
      assert.ok(pointers(problem)[0].startsWith('/settings/attribute_schema'), answer.text);
    }
  });

  test('a password is long enough, and is nowhere to be read', async () => {
    const short = 'pa55 %&/ word';
    const secret = `${fresh('secret')} ${PASSWORD}`;
    const person = await add({ password: secret });
    for (const answer of [
      await admin.post('users', { username: fresh('u'), password: short }),
      await admin.post(`users/${person.id}:reset-password`, { password: short }),
    ]) {
      assert.deepEqual(pointers(assertProblem(answer, 400, 'invalid_request')), ['/password']);
      assert.ok(!answer.text.includes(short));
    }
    const huge = await admin.post(`users/${person.id}:reset-password`, { password: 'x'.repeat(10_000) });
    assertProblem(huge, 400, 'invalid_request');
    const told = JSON.stringify([
      await admin.read(`users/${person.id}`), await admin.read(`users/${person.id}/credentials`),
      done(await admin.get(`users/${person.id}:export`)), await admin.all('audit-events', { target: person.id }),
    ]);
    for (const text of [secret, '$argon2', 'password_hash']) assert.ok(!told.includes(text), text);
    for (const log of [iam.logs(), iam.hydraLogs()]) assert.ok(!log.includes(secret));
    assertProblem(await admin.patch(`users/${person.id}`, { password: secret }), 400, 'invalid_request');
  });

  test('a user without a password is invited and cannot log in until they have one', async () => {
    const made = await admin.make('users', { username: fresh('invited') });
    assert.equal(made.status, 'invited');
    assertProblem(await login(iam, loginTo(tenant, made.username)), 401, 'invalid_credentials');
    done(await admin.post(`users/${made.id}:reset-password`, { password: PASSWORD }));
    succeeded(await login(iam, loginTo(tenant, made.username)));
    assert.equal((await admin.read(`users/${made.id}`)).status, 'active');
  });

  test('a verb can be said twice, and says what state it leads to', async () => {
    const person = await add();
    for (const [verb, status] of [['lock', 'locked'], ['unlock', 'active'], ['disable', 'disabled'], ['enable', 'active']]) {
      for (const _ of [1, 2]) {
        assert.equal(done(await admin.post(`users/${person.id}:${verb}`)).status, status, verb);
      }
    }
    const stale = await admin.post(`users/${person.id}:lock`, undefined, { 'if-match': '"1"' });
    assertProblem(stale, 412, 'precondition_failed');
    assertProblem(await admin.post(`users/${person.id}:fly`), 404, 'not_found');
    assertProblem(await admin.post(`users/${person.id}:lock`, { because: 'x' }), 400, 'invalid_request');
  });

  test('who is deleted keeps the name, can be restored, and is gone for good when erased', async () => {
    const address = `${fresh('gone')}@example.com`;
    const role = await addRole(admin, []);
    const person = await add({ emails: [{ address }], roles: [role.id] });
    done(await admin.remove(`users/${person.id}`));
    assert.deepEqual(await admin.all('users', { email: address }), []);
    assert.deepEqual(ids(await admin.all('users', { status: 'deleted', email: address })), [person.id]);
    assertProblem(await admin.post('users', { username: person.username }), 409, 'already_exists');
    for (const answer of [
      await admin.patch(`users/${person.id}`, { profile: { name: 'x' } }),
      await admin.post(`users/${person.id}:enable`),
      await admin.post(`users/${person.id}:reset-password`, { password: PASSWORD }),
    ]) {
      assertProblem(answer, 404, 'not_found');
    }
    assert.equal((await admin.read(`users/${person.id}`)).status, 'deleted');
    // Disabled: who restores it looks at what it may do before it is let in.
    assert.equal(done(await admin.post(`users/${person.id}:restore`)).status, 'disabled');
    assertProblem(await login(iam, loginTo(tenant, person.username)), 403, 'user_disabled');
    done(await admin.post(`users/${person.id}:enable`));
    succeeded(await login(iam, loginTo(tenant, person.username)));
    assert.deepEqual(ids(await admin.all('roles', { user: person.id })), [role.id]);

    done(await admin.send('POST', `users/${person.id}:erase`, { headers: { 'if-match': '*' } }));
    assertProblem(await admin.get(`users/${person.id}`), 404, 'not_found');
    assertProblem(await login(iam, loginTo(tenant, person.username)), 401, 'invalid_credentials');
    await add({ username: person.username, emails: [{ address }] });
    const { rows } = await iam.db.execute({ sql: 'select count(*) as n from credentials where user_id = ?', args: [person.id] });
    assert.equal(rows[0].n, 0);
  });

  test('an export has all that is known of a user', async () => {
    const role = await addRole(admin, []);
    const group = await admin.make('groups', { name: fresh('group') });
    const person = await add({
      roles: [role.id], groups: [group.id], attributes: { shoe: 43 }, private_metadata: { note: 'mine too' },
    });
    succeeded(await login(iam, loginTo(tenant, person.username)));
    const answer = await admin.get(`users/${person.id}:export`);
    const text = JSON.stringify(done(answer));
    for (const part of [person.username, role.name, group.name, '"shoe":43', 'mine too', 'login.succeeded', 'user.created']) {
      assert.ok(text.includes(part), part);
    }
  });

  test('a purge removes who was deleted longer ago than the tenant keeps them, and nobody else', async () => {
    const own = await addTenant(iam, undefined, { retention_days: 1 });
    const [old, young, there] = [await addPerson(own.operator), await addPerson(own.operator), await addPerson(own.operator)];
    for (const { id } of [old, young]) done(await own.operator.remove(`users/${id}`));
    const long = Date.now() - 25 * 3_600_000;
    for (const { id } of [old, there]) {
      await iam.db.execute({ sql: 'update users set updated_at = ? where id = ?', args: [long, id] });
    }
    let users = 0;
    for (let cursor; ; ) {
      const path = cursor ? `tenants:purge?cursor=${cursor}` : 'tenants:purge';
      const answer = done(await operator(iam).post(path));
      users += answer.users;
      if (!(cursor = answer.next_cursor)) break;
    }
    assert.equal(users, 1);
    assertProblem(await own.operator.get(`users/${old.id}`), 404, 'not_found');
    done(await own.operator.post(`users/${young.id}:restore`));
    done(await own.operator.get(`users/${there.id}`));
  });
});
