// The commands of `iam` against a running `iam up`: what people and scripts type.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, fresh } from './admin.mjs';
import { loginBody, succeeded, login as apiLogin } from './client.mjs';
import { ROOT, newDir, startIam } from './harness.mjs';

const PROGRAM = process.env.IAM_BIN ?? join(ROOT, 'target/release/iam');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const CALLBACK = 'http://127.0.0.1:3000/callback';

/** By its command: what makes one, how it is called then, and what changes it. */
const THINGS = {
  client: {
    make: (name) => [name, '--redirect-uri', CALLBACK, '--scope', 'openid profile', '--first-party'],
    change: ['--name', 'Shop', '--add-redirect-uri', `${CALLBACK}2`],
    changed: { name: 'Shop', redirect_uris: [CALLBACK, `${CALLBACK}2`], first_party: true },
  },
  group: { make: (name) => [name], change: ['--description', 'All who sell'], changed: { description: 'All who sell' } },
  key: {
    make: (name) => [name, '--permission', 'iam.users.read', '--permission', 'iam.roles.read'],
    change: ['--remove-permission', 'iam.roles.read'],
    changed: { permissions: ['iam.users.read'] },
  },
  permission: {
    name: () => `order.${fresh('x')}`,
    make: (name) => [name],
    change: ['--description', 'Cancel'],
    changed: { description: 'Cancel' },
  },
  role: {
    make: (name) => [name, '--permission', 'order.read', '--assignable', 'clerk'],
    change: ['--add-permission', 'order.write', '--assignable', ''],
    changed: { permissions: ['order.read', 'order.write'], assignable: [] },
  },
  tenant: {
    make: (name) => [name, '--display-name', 'Acme', '--min-password-length', '20'],
    change: ['--mfa', 'off', '--access-token-lifetime', '600'],
    changed: (it) => assert.deepEqual(
      [it.settings.mfa, it.settings.token_lifetimes.access_token, it.settings.password.min_length], ['off', 600, 20],
    ),
  },
  user: {
    make: (name) => [name, '--email', `${name}@example.com`, '--attribute', 'level=3', '--role', 'clerk'],
    change: ['--full-name', 'Bob', '--attribute', 'level=', '--attribute', 'department=sales'],
    changed: (it) => assert.deepEqual([it.profile.name, it.attributes], ['Bob', { department: 'sales' }]),
  },
};

describe('the iam program', () => {
  let iam;
  let home;
  before(async () => {
    iam = await startIam();
    home = newDir();
  });
  after(() => iam?.stop());

  /** Runs a command; gives `{code, out, err}`. `by: 'key'` is the operator, acting on the demo tenant. */
  async function run(args, { input = '', by = 'key', env = {} } = {}) {
    const key = { IAM_URL: iam.baseUrl, IAM_API_KEY: iam.dev.api_key, IAM_TENANT: iam.dev.tenant };
    const child = spawn(PROGRAM, args, {
      cwd: home,
      env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), ...(by === 'key' ? key : {}), ...env },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    child.stdin.on('error', () => {}).end(input);
    const [code] = await once(child, 'close');
    assert.ok(!err.includes('panicked'), err);
    for (const secret of [iam.dev.api_key, iam.dev.password]) assert.ok(!err.includes(secret), 'a secret is told');
    return { code, out, err };
  }

  /** The output of a command that succeeds. */
  async function output(args, options) {
    const { code, out, err } = await run(args, options);
    assert.equal(code, 0, `iam ${args.join(' ')}: ${err}`);
    return out;
  }

  const json = async (args, options) => JSON.parse(await output([...args, '--json'], options));

  /** What a command says that fails with `expected`. */
  async function failure(args, expected, options) {
    const { code, out, err } = await run(args, options);
    assert.equal(code, expected, `iam ${args.join(' ')}: ${out}${err}`);
    assert.equal(out, '');
    return err;
  }

  for (const [thing, { name: named, make, change, changed }] of Object.entries(THINGS)) {
    test(`a ${thing} is made, listed, shown, changed and deleted`, async () => {
      const name = named?.() ?? fresh(thing);
      const made = await json([thing, 'create', ...make(name)]);
      assert.equal(made.version, 1);
      const listed = await json([thing, 'list', '--all']);
      const key = { permission: 'permission', tenant: 'name' }[thing] ?? 'id';
      const is = (item) => item[key] === made[key];
      const { key: secret, ...rest } = made;
      assert.ok(listed.some(is), 'it is not in the list');
      assert.deepEqual(await json([thing, 'show', name]), rest);
      const table = await output([thing, 'list', '--all']);
      assert.ok(table.includes(name), table);
      const after = await json([thing, 'change', name, ...change]);
      assert.equal(after.version, 2);
      if (typeof changed === 'function') changed(after);
      else for (const [field, value] of Object.entries(changed)) assert.deepEqual(after[field], value, field);
      assert.match(await output([thing, 'show', name]), /^version +2$/m);
      assert.equal(await output([thing, 'delete', name]), '');
      assert.ok(!(await json([thing, 'list', '--all'])).some(is), 'it is still in the list');
    });
  }

  test('somebody logs in, works as themself, and logs out', async () => {
    const { tenant, admin, client_id, password } = iam.dev;
    const own = { by: 'login' };
    const args = ['login', '--url', iam.baseUrl, '--tenant', tenant, '--username', admin, '--client', client_id];
    assert.match(await failure([...args, '--password-stdin'], 4, { ...own, input: 'wrong\n' }), /invalid_credentials/);
    await output([...args, '--password-stdin'], { ...own, input: `${password}\n` });
    const file = join(home, 'config/iam/credentials.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, 'utf8').includes(password));
    const me = await json(['whoami'], own);
    assert.deepEqual([me.tenant, me.kind, me.operator], [tenant, 'user', false]);
    const users = await json(['user', 'list', '--username', admin], own);
    assert.deepEqual(users.map(({ username }) => username), [admin]);
    // An access token that is about to end is renewed, once, whoever asks at the same time.
    const saved = JSON.parse(readFileSync(file, 'utf8'));
    saved.profiles.default.expires_at = 0;
    writeFileSync(file, JSON.stringify(saved));
    await Promise.all([json(['whoami'], own), json(['whoami'], own), json(['whoami'], own)]);
    assert.match(await failure(['tenant', 'list'], 1, own), /iam\.tenants\.read/);
    await output(['logout'], own);
    assert.match(await failure(['whoami'], 4, own), /iam login/);
  });

  test('a key is saved if it is good', async () => {
    const own = { by: 'login', env: { IAM_PROFILE: 'key' } };
    const args = ['login', '--url', iam.baseUrl, '--key', '-'];
    await failure(args, 4, { ...own, input: 'iam_nonsense\n' });
    await output(args, { ...own, input: `${iam.dev.api_key}\n` });
    assert.equal((await json(['whoami'], own)).operator, true);
    const acme = fresh('acme');
    await output(['tenant', 'create', acme], own);
    assert.deepEqual(await json(['user', 'list', '--tenant', acme], own), []);
    await output(['logout'], own);
  });

  test('a user goes through all that can be done to one', async () => {
    const name = fresh('user');
    const status = async () => (await json(['user', 'show', name])).status;
    const made = await json(['user', 'create', name, '--email', `${name}@example.com`, '--password-stdin'], { input: `${PASSWORD}\n` });
    assert.match(made.id, UUID);
    assert.equal(made.status, 'active');
    for (const [verb, expected] of [['lock', 'locked'], ['unlock', 'active'], ['disable', 'disabled'], ['enable', 'active']]) {
      await output(['user', verb, `${name}@example.com`]);
      assert.equal(await status(), expected);
    }
    const other = `${PASSWORD} two`;
    await output(['user', 'reset-password', name, '--password-stdin'], { input: `${other}\n` });
    succeeded(await apiLogin(iam, loginBody(iam, { username: name, password: other })));
    assert.deepEqual((await json(['user', 'credentials', name])).map(({ kind }) => kind), ['password']);
    await output(['user', 'revoke-sessions', name]);
    await output(['user', 'require-password-change', name]);
    assert.equal((await json(['user', 'show', name])).password_change_required, true);
    const exported = JSON.parse(await output(['user', 'export', name]));
    assert.equal(exported.user.username, name);
    await output(['user', 'delete', name]);
    assert.match(await failure(['user', 'lock', name], 1), new RegExp(`no user \`${name}\``));
    assert.equal(await status(), 'deleted');
    await output(['user', 'restore', name]);
    assert.equal(await status(), 'disabled');
    assert.match(await failure(['user', 'erase', name], 2), /--yes/);
    await output(['user', 'erase', name, '--yes']);
    await failure(['user', 'show', made.id], 1);
  });

  test('roles are given and taken, by names', async () => {
    const [user, group, parent] = [fresh('user'), fresh('group'), fresh('group')];
    await output(['user', 'create', user]);
    await output(['group', 'create', parent]);
    await output(['group', 'create', group, '--parent', parent]);
    const names = async (...args) => (await json([...args])).map(({ name, username }) => name ?? username);
    await output(['user', 'add-role', user, 'clerk']);
    assert.deepEqual(await names('role', 'list', '--user', user), ['clerk']);
    await output(['group', 'add-member', group, user]);
    assert.deepEqual(await names('group', 'list', '--member', user), [group]);
    assert.deepEqual(await names('user', 'list', '--group', group), [user]);
    await output(['group', 'add-role', group, 'clerk']);
    assert.deepEqual(await names('role', 'list', '--group', group), ['clerk']);
    assert.deepEqual(await names('group', 'list', '--parent', parent), [group]);
    await output(['group', 'remove-role', group, 'clerk']);
    await output(['group', 'remove-member', group, user]);
    await output(['user', 'remove-role', user, 'clerk']);
    assert.deepEqual(await names('role', 'list', '--user', user), []);
    assert.match(await failure(['user', 'add-role', user, 'no-such-role'], 1), /no role `no-such-role`/);
  });

  test('a tenant is suspended, deleted, restored and erased', async () => {
    const name = fresh('tenant');
    const status = async () => (await json(['tenant', 'show', name])).status;
    await output(['tenant', 'create', name]);
    await output(['tenant', 'suspend', name]);
    assert.equal(await status(), 'suspended');
    await output(['tenant', 'activate', name]);
    await output(['tenant', 'delete', name]);
    assert.equal(await status(), 'deleted');
    await output(['tenant', 'restore', name]);
    await output(['tenant', 'delete', name]);
    await output(['tenant', 'erase', name, '--yes']);
    await failure(['tenant', 'show', name], 1);
    const purged = await json(['tenant', 'purge']);
    assert.deepEqual(Object.keys(purged).sort(), ['idempotency_keys', 'tenants', 'users']);
  });

  test('all that is known of a tenant is exported', async () => {
    const exported = JSON.parse(await output(['tenant', 'export', iam.dev.tenant]));
    assert.equal(exported.tenant.name, iam.dev.tenant);
  });

  test('an attribute schema is replaced and not merged', async () => {
    const name = fresh('tenant');
    const schema = (properties) => {
      const file = join(newDir(), 'schema.json');
      writeFileSync(file, JSON.stringify({ type: 'object', properties }));
      return file;
    };
    await output(['tenant', 'create', name, '--attribute-schema', schema({ a: { type: 'string' } })]);
    const changed = await json(['tenant', 'change', name, '--attribute-schema', schema({ b: { type: 'integer' } })]);
    assert.deepEqual(changed.settings.attribute_schema.properties, { b: { type: 'integer' } });
  });

  test('secrets are shown once', async () => {
    const key = await json(['key', 'create', fresh('key'), '--permission', 'iam.users.read']);
    assert.match(key.key, /^iam_/);
    await output(['user', 'list'], { by: 'login', env: { IAM_URL: iam.baseUrl, IAM_API_KEY: key.key } });
    await output(['key', 'revoke', key.id]);
    await failure(['user', 'list'], 4, { by: 'login', env: { IAM_URL: iam.baseUrl, IAM_API_KEY: key.key } });
    const client = fresh('client');
    const args = ['--auth-method', 'client_secret_basic', '--redirect-uri', CALLBACK, '--scope', 'openid'];
    const made = await run(['client', 'create', client, ...args]);
    assert.equal(made.code, 0, made.err);
    assert.match(made.out, /^client_secret +\S{20,}$/m);
    assert.match(made.err, /not shown again/);
    const rotated = await json(['client', 'rotate-secret', client]);
    assert.ok(!made.out.includes(rotated.client_secret));
    assert.equal((await json(['client', 'show', client])).client_secret, undefined);
  });

  test('a policy is uploaded, tried, activated, rolled back and deactivated', async () => {
    const file = join(newDir(), 'policy.rego');
    const source = (reason) => `package iam.policy\n\ndefault allow := true\n\ndeny contains "${reason}" if input.user.attributes.shut\n`;
    const numbers = [];
    for (const reason of ['first', 'second']) {
      writeFileSync(file, source(reason));
      const made = await json(['policy', 'create', file, '--description', reason, '--activate']);
      assert.equal(made.active, true);
      numbers.push(String(made.number));
    }
    assert.equal(await output(['policy', 'source', numbers[1]]), source('second'));
    const input = JSON.stringify({ user: { attributes: { shut: true } } });
    const tried = await json(['policy', 'evaluate', numbers[0], '--input', '-'], { input });
    assert.deepEqual([tried.allow, tried.reasons], [false, ['first']]);
    const login = await json(['policy', 'evaluate', numbers[0], '--user', iam.dev.username, '--client', iam.dev.client_id]);
    assert.equal(login.allow, true);
    const active = async () => (await json(['policy', 'list'])).filter((it) => it.active).map((it) => String(it.number));
    await output(['policy', 'rollback']);
    assert.deepEqual(await active(), [numbers[0]]);
    await output(['policy', 'activate', numbers[1]]);
    assert.deepEqual(await active(), [numbers[1]]);
    await output(['policy', 'deactivate']);
    assert.deepEqual(await active(), []);
    writeFileSync(file, 'package iam.policy\n\nallow := ');
    await failure(['policy', 'create', file], 1);
  });

  test('the audit log is listed, exported and verified', async () => {
    const name = fresh('user');
    const made = await json(['user', 'create', name]);
    const events = await json(['audit', 'list', '--target', name]);
    assert.deepEqual(events.map(({ action }) => action), ['user.created']);
    assert.deepEqual(await json(['audit', 'list', '--target', made.id]), events);
    const table = await output(['audit', 'list', '--action', 'user.created', '--all']);
    assert.match(table, /^AT +ACTION +OUTCOME +ACTOR +TARGET\n/);
    const lines = (await output(['audit', 'export'])).trim().split('\n').map((line) => JSON.parse(line));
    const { end } = lines.pop();
    assert.ok(lines.some(({ target }) => target.id === made.id));
    const found = await json(['audit', 'verify', '--sequence', String(end.sequence), '--head', end.head]);
    assert.equal(found.valid, true);
    const whole = await json(['audit', 'verify']);
    assert.deepEqual([whole.valid, whole.complete], [true, true]);
    const cut = await run(['audit', 'verify', '--sequence', String(end.sequence), '--head', '0'.repeat(64)]);
    assert.equal(cut.code, 1, cut.err);
    assert.match(cut.err, /broken/);
  });

  test('many users are imported, and once more with less to do', async () => {
    const stem = fresh('import');
    const hash = '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW';
    const lines = Array.from({ length: 2_500 }, (_, i) => JSON.stringify({ username: `${stem}-${i}`, password_hash: hash }));
    lines[1_999] = '{"username": "a b"}';
    lines.push('', JSON.stringify({ username: `${stem}-0` }));
    const dir = newDir();
    const [file, failed] = [join(dir, 'users.ndjson'), join(dir, 'failed.ndjson')];
    writeFileSync(file, lines.join('\n'));
    const first = await run(['import', 'users', file, '--failures', failed, '--json']);
    assert.equal(first.code, 1, first.err);
    assert.deepEqual(JSON.parse(first.out), { created: 2_499, failed: 2, skipped: 0 });
    const told = readFileSync(failed, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(told.map(({ line, code }) => [line, code]), [[2_000, 'invalid_request'], [2_502, 'already_exists']]);
    assert.equal((await json(['user', 'list', '--username', `${stem}-`, '--all', '--fields', 'id'])).length, 2_499);
    lines[1_999] = JSON.stringify({ username: `${stem}-again`, password: PASSWORD });
    writeFileSync(file, lines.join('\n'));
    const again = await output(['import', 'users', file, '--skip-existing', '--chunk', '700']);
    assert.equal(again, 'created  1\nskipped  2500\nfailed   0\n');
  });

  test('passwords are imported as fast as the API takes them', async () => {
    const stem = fresh('plain');
    const lines = Array.from({ length: 60 }, (_, i) => JSON.stringify({ username: `${stem}-${i}`, password: PASSWORD }));
    assert.match(await output(['import', 'users', '-'], { input: lines.join('\n') }), /^created  60$/m);
    succeeded(await apiLogin(iam, loginBody(iam, { username: `${stem}-59`, password: PASSWORD })));
  });

  test('the schema of a running installation is current', async () => {
    const { database_origin, database_token } = iam.state;
    const env = { IAM_DATABASE_URL: `libsql+${database_origin}`, IAM_DATABASE_TOKEN: database_token };
    const status = await output(['migrate', 'status'], { env });
    assert.match(status, /^0001 identity +\d{4}-\d\d-\d\dT\S+Z +[0-9a-f]{64}$/m);
    assert.doesNotMatch(status, /pending/);
    assert.equal(await output(['migrate', 'plan'], { env }), '');
    await output(['migrate', 'up'], { env });
    await failure(['migrate', 'status'], 3, { env: { IAM_DATABASE_URL: 'libsql+http://127.0.0.1:1' } });
    await failure(['migrate', 'status'], 2, { env: { IAM_DATABASE_URL: 'oracle://x' } });
  });

  test('the folder of `iam up` is enough for its developer', async () => {
    const dir = newDir();
    const child = spawn(PROGRAM, ['whoami', '--json'], { cwd: dir, env: { HOME: dir } });
    assert.deepEqual(await once(child, 'close'), [4, null]);
    mkdirSync(join(dir, '.iam'));
    writeFileSync(join(dir, '.iam/dev.json'), JSON.stringify(iam.dev));
    const known = spawn(PROGRAM, ['whoami', '--json'], { cwd: dir, env: { HOME: dir } });
    assert.deepEqual(await once(known, 'close'), [0, null]);
  });
});
