// What all entities of the admin API have in common: making, reading, changing, removing, lists.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, done, fresh, operator } from './admin.mjs';
import { assertProblem, pointers } from './client.mjs';
import { startIam } from './harness.mjs';

/** By its path: what makes one, and what changes it. */
const ENTITIES = {
  'api-keys': { make: () => ({ name: fresh('key'), permissions: ['iam.users.read'] }), change: (n) => ({ name: `key ${n}` }), text: 'name' },
  clients: {
    make: () => ({ id: fresh('client'), redirect_uris: ['http://127.0.0.1:3000/callback'], scope: 'openid' }),
    change: (n) => ({ name: `client ${n}` }),
    text: 'name',
    unique: 'id',
    // The same request finishes what another has begun: see createClient.
    resumed: true,
  },
  groups: { make: () => ({ name: fresh('group') }), change: (n) => ({ description: `group ${n}` }), text: 'description', unique: 'name' },
  permissions: {
    key: 'permission',
    make: () => ({ permission: `order.${fresh('x')}` }),
    change: (n) => ({ description: `permission ${n}` }),
    text: 'description',
    unique: 'permission',
  },
  roles: { make: () => ({ name: fresh('role') }), change: (n) => ({ description: `role ${n}` }), text: 'description', unique: 'name' },
  tenants: {
    key: 'name',
    global: true,
    make: () => ({ name: fresh('tenant') }),
    change: (n) => ({ display_name: `tenant ${n}` }),
    text: 'display_name',
    unique: 'name',
  },
  users: {
    make: () => ({ username: fresh('user'), password: PASSWORD }),
    change: (n) => ({ profile: { name: `user ${n}` } }),
    unique: 'username',
  },
};

const withoutSecret = ({ key, client_secret, ...rest }) => rest;

describe('entities of the admin API', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  for (const [path, entity] of Object.entries(ENTITIES)) {
    describe(path, () => {
      let caller;
      before(() => (caller = operator(iam, entity.global ? undefined : 'demo')));
      const key = entity.key ?? 'id';
      const at = (object) => `${path}/${encodeURIComponent(object[key])}`;
      const add = (more) => caller.make(path, { ...entity.make(), ...more });

      test('one is made, read, changed and removed', async () => {
        const body = entity.make();
        const answer = await caller.post(path, body);
        assert.equal(answer.status, 201, answer.text);
        const made = answer.body;
        assert.equal(answer.headers.get('etag'), '"1"');
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        assert.equal(answer.headers.get('location'), `/admin/v1/${at(made)}`);
        assert.equal(made.version, 1);
        assert.match(made.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/);
        for (const [name, value] of Object.entries(body)) {
          if (name !== 'password') assert.deepEqual(made[name], value, name);
        }
        assert.ok(!answer.text.includes(PASSWORD));
        const read = await caller.get(answer.headers.get('location'));
        assert.deepEqual(done(read), withoutSecret(made));
        assert.equal(read.headers.get('etag'), '"1"');

        const changed = await caller.patch(at(made), entity.change(1), '"1"');
        assert.equal(done(changed).version, 2);
        assert.equal(changed.headers.get('etag'), '"2"');
        assert.deepEqual(await caller.read(at(made)), changed.body);
        assert.ok(Date.parse(changed.body.updated_at) >= Date.parse(made.updated_at));
        assert.equal(changed.body.created_at, made.created_at);

        const removed = await caller.remove(at(made), '"2"');
        assert.deepEqual([removed.status, removed.text], [204, '']);
        const items = await caller.all(path);
        assert.ok(!items.some((item) => item[key] === made[key]), 'it is still in the list');
      });

      test('a change leaves out what it does not name, and null takes away', async () => {
        const made = await add();
        const first = done(await caller.patch(at(made), entity.change(1)));
        const { version, updated_at, ...same } = done(await caller.patch(at(made), {}));
        assert.ok(version >= first.version);
        const { version: _, updated_at: __, ...before } = first;
        assert.deepEqual(same, before);
        if (entity.text !== undefined && path !== 'api-keys') {
          const without = done(await caller.patch(at(made), { [entity.text]: null }));
          assert.ok(!without[entity.text], without[entity.text]);
        }
      });

      test('a change needs the version that was read', async () => {
        const made = await add();
        assertProblem(await caller.patch(at(made), entity.change(1), null), 428, 'precondition_required');
        assertProblem(await caller.remove(at(made), null), 428, 'precondition_required');
        done(await caller.patch(at(made), entity.change(1), '"1"'));
        for (const stale of ['"1"', 'W/"2"', '"9"', '"1", "7"', '"two"']) {
          assertProblem(await caller.patch(at(made), entity.change(2), stale), 412, 'precondition_failed');
          assertProblem(await caller.remove(at(made), stale), 412, 'precondition_failed');
        }
        for (const bad of ['2', 'x', '"2']) {
          const problem = assertProblem(await caller.patch(at(made), entity.change(2), bad), 400, 'invalid_request');
          assert.equal(problem.errors[0].parameter, 'If-Match');
        }
        assert.equal((await caller.read(at(made))).version, 2);
        done(await caller.patch(at(made), entity.change(2), '"1", "2"'));
        done(await caller.patch(at(made), entity.change(3), '*'));
        assert.equal((await caller.read(at(made))).version, 4);
      });

      test('of twenty changes of one version at once exactly one is made', async () => {
        const made = await add();
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, n) => caller.patch(at(made), entity.change(n), '"1"')),
        );
        const statuses = answers.map(({ status }) => status).sort();
        assert.deepEqual(statuses, [200, ...Array(19).fill(412)]);
        const winner = answers.find(({ status }) => status === 200);
        assert.deepEqual(await caller.read(at(made)), winner.body);
      });

      test('a request that is sent once more makes nothing new', async () => {
        const body = entity.make();
        const headers = { 'idempotency-key': fresh('once') };
        const first = await caller.post(path, body, headers);
        assert.equal(first.status, 201, first.text);
        const again = await caller.post(path, body, headers);
        assert.equal(again.status, 201, again.text);
        const { note, ...same } = again.body;
        assert.deepEqual(same, withoutSecret(first.body));
        assert.equal(note !== undefined, first.body.key !== undefined, 'a secret is told once');
        assert.equal(again.headers.get('location'), first.headers.get('location'));
        const other = await caller.post(path, entity.make(), headers);
        assertProblem(other, 422, 'idempotency_key_reused');
        for (const bad of ['x'.repeat(256), '""']) {
          assertProblem(await caller.post(path, entity.make(), { 'idempotency-key': bad }), 400, 'invalid_request');
        }
      });

      test('a request that is sent twenty times at once makes one', async () => {
        const before = (await caller.all(path)).length;
        const body = entity.make();
        const headers = { 'idempotency-key': fresh('at-once') };
        const answers = await Promise.all(Array.from({ length: 20 }, () => caller.post(path, body, headers)));
        for (const answer of answers) assert.equal(answer.status, 201, answer.text);
        assert.deepEqual([...new Set(answers.map(({ body: made }) => made[key]))].length, 1);
        assert.equal((await caller.all(path)).length, before + 1);
      });

      if (entity.unique) {
        test('there is one of a name, also when two are made at once', async () => {
          const body = entity.make();
          const answers = await Promise.all(Array.from({ length: 5 }, () => caller.post(path, body)));
          const made = answers.filter(({ status }) => status === 201);
          assert.ok(entity.resumed ? made.length >= 1 : made.length === 1, `${made.length} were made`);
          for (const answer of answers) if (!made.includes(answer)) assertProblem(answer, 409, 'already_exists');
          const there = (await caller.all(path)).filter((item) => item[entity.unique] === body[entity.unique]);
          assert.equal(there.length, 1);
          assertProblem(await caller.post(path, { ...body, ...entity.change(1) }), 409, 'already_exists');
        });
      }

      test('a list gives all that was there, each once, while others are added', async () => {
        const there = [];
        for (let i = 0; i < 5; i += 1) there.push((await add())[key]);
        const seen = [];
        for (let cursor; ; ) {
          const page = await caller.read(path, cursor ? { limit: 2, cursor } : { limit: 2 });
          assert.ok(page.items.length <= 2);
          seen.push(...page.items.map((item) => item[key]));
          cursor = page.next_cursor;
          if (!cursor) break;
          assert.equal(page.items.length, 2);
          if (seen.length < 8) await add();
        }
        assert.equal(new Set(seen).size, seen.length, 'something is listed twice');
        assert.deepEqual(there.filter((id) => !seen.includes(id)), []);
      });

      test('fewer fields are given to who wants fewer', async () => {
        const made = await add();
        const one = await caller.read(at(made), { fields: `${key},version` });
        assert.deepEqual(one, { [key]: made[key], version: 1 });
        const { items } = await caller.read(path, { fields: key, limit: 1 });
        assert.deepEqual(Object.keys(items[0]), [key]);
        const problem = assertProblem(await caller.get(path, { fields: `${key},hash` }), 400, 'invalid_request');
        assert.equal(problem.errors[0].parameter, 'fields');
      });

      test('a parameter that is wrong is named', async () => {
        for (const [name, value] of [
          ['limit', '0'], ['limit', '1001'], ['limit', 'x'], ['limit', '-1'], ['cursor', '!'], ['cursor', 'x'.repeat(9999)],
          ['colour', 'red'],
        ]) {
          const problem = assertProblem(await caller.get(path, { [name]: value }), 400, 'invalid_request');
          assert.deepEqual(problem.errors.map(({ parameter }) => parameter), [name]);
        }
        // What is a cursor but not of this list is the start or an end of it, and no failure.
        const foreign = Buffer.from("' or 1=1 --\u0000ü").toString('base64url');
        assert.ok([200, 400].includes((await caller.get(path, { cursor: foreign })).status));
      });

      test('a body that is wrong is a problem that says where', async () => {
        const make = entity.make();
        const unknown = await caller.post(path, { ...make, 'a/b': 1, hash: 'x' });
        assert.deepEqual(pointers(assertProblem(unknown, 400, 'invalid_request')), ['/a~1b', '/hash']);
        for (const name of Object.keys(make)) {
          for (const wrong of [7, true, { a: 1 }, 'a\u0000b']) {
            const answer = await caller.post(path, { ...make, [name]: wrong });
            const problem = assertProblem(answer, 400, 'invalid_request');
            assert.ok(pointers(problem)[0].startsWith(`/${name}`), `${name}: ${answer.text}`);
          }
        }
        assertProblem(await caller.post(path, {}), 400, 'invalid_request');
        for (const text of ['', '{', '[]', '"x"', 'null', '{"a":1}{}', '\u0000']) {
          const answer = await caller.post(path, text);
          assert.ok(answer.status === 400, `${text}: ${answer.text}`);
        }
        const nested = `{"name":${'['.repeat(30_000)}${']'.repeat(30_000)}}`;
        assertProblem(await caller.post(path, nested), 400, 'invalid_json');
        const huge = { ...make, description: 'x'.repeat(70_000) };
        assertProblem(await caller.post(path, huge), 413, 'payload_too_large');
        const typed = await caller.send('POST', path, { body: JSON.stringify(make), type: 'text/plain' });
        assertProblem(typed, 415, 'unsupported_media_type');
        const made = await add();
        const patched = await caller.patch(at(made), { ...entity.change(1), version: 9 });
        assert.deepEqual(pointers(assertProblem(patched, 400, 'invalid_request')), ['/version']);
        assert.equal((await caller.read(at(made))).version, 1);
      });

      test('what is not there is not found', async () => {
        const ids = ['01990a5d-ac96-774b-bcce-b302099a8057', 'nosuch', 'no.such', '%00', '%20', "'--", 'x'.repeat(2000)];
        for (const id of ids) {
          for (const [method, body] of [['GET'], ['PATCH', {}], ['DELETE']]) {
            const answer = await caller.send(method, `${path}/${id}`, { body, headers: { 'if-match': '*' } });
            assertProblem(answer, 404, 'not_found');
          }
        }
      });
    });
  }
});
