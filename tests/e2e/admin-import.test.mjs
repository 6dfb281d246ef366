// Importing users: many at once, with the hashes of other systems.
import assert from 'node:assert/strict';
import { createCipheriv, pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { argon2i, argon2id, bcrypt } from 'hash-wasm';
import { PASSWORD, addAdmin, addRole, addTenant, done, fresh, loginTo } from './admin.mjs';
import { assertProblem, login, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

const TYPE = 'application/x-ndjson';

describe('importing users', () => {
  let iam, tenant;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam);
  });
  after(() => iam?.stop());

  const send = (users, { caller = tenant.operator, type = TYPE } = {}) => {
    const line = (user) => (typeof user === 'string' ? user : JSON.stringify(user));
    return caller.send('POST', 'users:import', { body: users.map(line).join('\n'), type });
  };

  /** Imports; gives the outcome of each line and what the end says. */
  async function imported(users, more) {
    const answer = await send(users, more);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('content-type'), TYPE);
    const lines = answer.text.trim().split('\n').map((line) => JSON.parse(line));
    const { status, ...counts } = lines.pop();
    assert.equal(status, 'finished');
    assert.equal(counts.created, lines.filter((line) => line.status === 'created').length);
    assert.equal(counts.failed, lines.filter((line) => line.status === 'failed').length);
    return { lines, counts };
  }

  const hashOf = async (id) => {
    const { rows } = await iam.db.execute({ sql: 'select hash from credentials where user_id = ?', args: [id] });
    return rows[0].hash;
  };

  test('10,000 users are made in one call', { timeout: 120_000 }, async (t) => {
    const own = await addTenant(iam);
    const role = await addRole(own.operator, ['order.read']);
    const hash = await phc(argon2id);
    const users = Array.from({ length: 10_000 }, (_, i) => ({
      username: `bulk-${i}`, emails: [{ address: `bulk-${i}@example.com`, verified: true }],
      profile: { name: `Bulk ${i}` }, attributes: { number: i }, external_ids: { old: String(i) },
      roles: [role.id], password_hash: hash,
    }));
    const start = performance.now();
    const { lines, counts } = await imported(users, { caller: own.operator });
    const seconds = (performance.now() - start) / 1000;
    t.diagnostic(`10,000 users in ${seconds.toFixed(1)} s: ${(10_000 / seconds).toFixed(0)} a second`);
    assert.deepEqual(counts, { created: 10_000, failed: 0 });
    assert.deepEqual(lines.map(({ line }) => line), users.map((_, i) => i + 1));
    assert.equal(new Set(lines.map(({ id }) => id)).size, 10_000);
    const { rows } = await iam.db.execute({
      sql: `select count(*) as n from users u join tenants t on t.id = u.tenant_id
            join user_roles r on r.tenant_id = u.tenant_id and r.user_id = u.id where t.name = ?`,
      args: [own.name],
    });
    assert.equal(rows[0].n, 10_000);
    const last = await own.operator.read(`users/${lines[9_999].id}`);
    assert.deepEqual([last.username, last.attributes, last.external_ids], ['bulk-9999', { number: 9999 }, { old: '9999' }]);
    succeeded(await login(iam, loginTo(own, 'bulk-5000')));
    // Sent once more, nothing is made twice.
    const again = await imported(users.slice(0, 1000), { caller: own.operator });
    assert.deepEqual(again.counts, { created: 0, failed: 1000 });
    assert.deepEqual([...new Set(again.lines.map(({ code }) => code))], ['already_exists']);
  });

  test('what is wrong with one line does not stand in the way of the others', async () => {
    const name = fresh('mixed');
    const taken = await tenant.operator.make('users', { username: fresh('taken') });
    const address = `${name}@example.com`;
    const { lines, counts } = await imported([
      { username: `${name}-a`, emails: [{ address }] },
      '{"username": "unfinished',
      '',
      { username: taken.username.toUpperCase() },
      { username: `${name}-b`, emails: [{ address: address.toUpperCase() }] },
      { username: 'a b', nick: 1, emails: [{ address: 'x' }] },
      { username: `${name}-c`, roles: ['01990a5d-ac96-774b-bcce-b302099a8057'] },
      { username: `${name}-A` },
      { username: `${name}-d`, password: 'short' },
      { username: `${name}-e`, password_hash: 'md5:abc' },
      '[]',
      { username: `${name}-f` },
    ]);
    assert.deepEqual(counts, { created: 2, failed: 9 });
    assert.deepEqual(lines.map(({ line, status, code, errors }) => [line, status, code, errors?.map((e) => e.pointer)]), [
      [1, 'created', undefined, undefined],
      [2, 'failed', 'invalid_json', undefined],
      [4, 'failed', 'already_exists', undefined],
      [5, 'failed', 'already_exists', undefined],
      [6, 'failed', 'invalid_request', ['/username', '/emails/0/address', '/nick']],
      [7, 'failed', 'invalid_request', ['/roles/0']],
      [8, 'failed', 'already_exists', undefined],
      [9, 'failed', 'invalid_request', ['/password']],
      [10, 'failed', 'invalid_request', ['/password_hash']],
      [11, 'failed', 'invalid_json', undefined],
      [12, 'created', undefined, undefined],
    ]);
    const there = await tenant.operator.all('users', { username: name });
    // Both were made in the same millisecond, so their order by id is random.
    assert.deepEqual(there.map(({ username }) => username).sort(), [`${name}-a`, `${name}-f`]);
    const events = await tenant.operator.all('audit-events', { target: there[0].id });
    assert.deepEqual(events.map(({ action }) => action), ['user.created']);
  });

  test('a user with the hash of another system logs in, and has one of ours after that', async () => {
    const hashes = await foreignHashes();
    const users = Object.entries(hashes).map(([kind, password_hash]) => ({ username: fresh(kind), password_hash }));
    const { lines } = await imported(users);
    assert.deepEqual(lines.filter(({ status }) => status !== 'created'), []);
    for (const [index, { username, password_hash }] of users.entries()) {
      const { id } = lines[index];
      assert.equal(await hashOf(id), password_hash);
      assertProblem(await login(iam, loginTo(tenant, username, `${PASSWORD}!`)), 401, 'invalid_credentials');
      assert.equal(await hashOf(id), password_hash, 'a wrong password changes nothing');
      succeeded(await login(iam, loginTo(tenant, username)));
      assert.match(await hashOf(id), /^\$argon2id\$v=19\$m=7168,t=5,p=1\$/, username);
      succeeded(await login(iam, loginTo(tenant, username)));
      assertProblem(await login(iam, loginTo(tenant, username, `${PASSWORD}!`)), 401, 'invalid_credentials');
    }
  });

  test('a hash that would take the server down is refused', async () => {
    const salt = randomBytes(16).toString('base64').replaceAll('=', '');
    for (const password_hash of [
      `$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${salt}`, `$argon2id$v=19$m=64,t=4294967295,p=1$${salt}$${salt}`,
      '$2b$31$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW', `$pbkdf2-sha256$i=4000000000$${salt}$${salt}`,
      `$scrypt$ln=40,r=8,p=1$${salt}$${salt}`, 'plain', '', 'x'.repeat(5000),
    ]) {
      const { lines: [line] } = await imported([{ username: fresh('u'), password_hash }]);
      assert.deepEqual([line.code, line.errors?.[0].pointer], ['invalid_request', '/password_hash'], password_hash.slice(0, 40));
    }
  });

  test('passwords are hashed for the first fifty lines that have one', async () => {
    const users = Array.from({ length: 52 }, () => ({ username: fresh('plain'), password: PASSWORD }));
    const { lines, counts } = await imported([...users, { username: fresh('none') }]);
    assert.deepEqual(counts, { created: 51, failed: 2 });
    assert.deepEqual(lines.slice(50, 52).map(({ code, errors }) => [code, errors[0].pointer]), [
      ['invalid_request', '/password'], ['invalid_request', '/password'],
    ]);
    succeeded(await login(iam, loginTo(tenant, users[0].username)));
  });

  test('an import is of lines, and not of too many', async () => {
    const before = (await tenant.operator.all('users', { limit: 1000 })).length;
    const many = Array.from({ length: 10_001 }, (_, i) => ({ username: `many-${i}` }));
    assertProblem(await send(many), 413, 'payload_too_large');
    const large = Array.from({ length: 180 }, (_, i) => ({ username: `large-${i}`, attributes: { x: 'x'.repeat(60_000) } }));
    assertProblem(await send(large), 413, 'payload_too_large');
    for (const type of ['application/json', 'text/plain', 'text/csv']) {
      assertProblem(await send([{ username: fresh('u') }], { type }), 415, 'unsupported_media_type');
    }
    assert.equal((await tenant.operator.all('users', { limit: 1000 })).length, before);
    assert.deepEqual((await imported([''])).counts, { created: 0, failed: 0 });
  });

  test('an import gives nobody more than the importer holds', async () => {
    const big = await addRole(tenant.operator, ['order.write']);
    const small = await addRole(tenant.operator, ['order.read']);
    const group = await tenant.operator.make('groups', { name: fresh('g') });
    done(await tenant.operator.put(`groups/${group.id}/roles/${big.id}`));
    const importer = await addAdmin(iam, tenant, ['iam.users.*', 'iam.roles.assign', 'iam.groups.write', 'order.read']);
    const { lines } = await imported([
      { username: fresh('u'), roles: [big.id] },
      { username: fresh('u'), groups: [group.id] },
      { username: fresh('u'), roles: [small.id] },
    ], { caller: importer });
    assert.deepEqual(lines.map(({ status, code }) => code ?? status), ['beyond_own_permissions', 'beyond_own_permissions', 'created']);
    const plain = await addAdmin(iam, tenant, ['iam.users.*', 'order.read']);
    const { lines: [denied] } = await imported([{ username: fresh('u'), roles: [small.id] }], { caller: plain });
    assert.equal(denied.code, 'permission_denied');
  });
});

const b64 = (bytes) => Buffer.from(bytes).toString('base64').replaceAll('=', '');

/** A hash of Argon2 in this file's password. */
function phc(algorithm, change = {}) {
  return algorithm({
    password: PASSWORD, salt: randomBytes(16), parallelism: 1, iterations: 2, memorySize: 64, hashLength: 32,
    outputType: 'encoded', ...change,
  });
}

/** Hashes as other systems write them. */
async function foreignHashes() {
  const salt = randomBytes(16);
  const pbkdf2 = (digest, length) => b64(pbkdf2Sync(PASSWORD, salt, 1000, length, digest));
  const scrypt = scryptSync(PASSWORD, salt, 32, { N: 2 ** 12, r: 8, p: 1 });
  return {
    bcrypt: await bcrypt({ password: PASSWORD, salt, costFactor: 5, outputType: 'encoded' }),
    pbkdf2sha256: `$pbkdf2-sha256$i=1000,l=32$${b64(salt)}$${pbkdf2('sha256', 32)}`,
    pbkdf2sha512: `$pbkdf2-sha512$i=1000,l=64$${b64(salt)}$${pbkdf2('sha512', 64)}`,
    django: `pbkdf2_sha256$1000$saltsalt$${pbkdf2Sync(PASSWORD, 'saltsalt', 1000, 32, 'sha256').toString('base64')}`,
    scrypt: `$scrypt$ln=12,r=8,p=1$${b64(salt)}$${b64(scrypt)}`,
    firebase: firebase(),
    argon2id: await phc(argon2id),
    argon2i: await phc(argon2i),
  };
}

/** Firebase's own scrypt, as Ory Kratos writes it: the signer key, encrypted with what scrypt gives. */
function firebase() {
  const [salt, separator, signerKey] = [randomBytes(12), randomBytes(1), randomBytes(64)];
  const key = scryptSync(PASSWORD, Buffer.concat([salt, separator]), 32, { N: 2 ** 12, r: 8, p: 1 });
  const hash = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(signerKey);
  return `$firescrypt$ln=12,r=8,p=1$${[salt, hash, separator, signerKey].map((bytes) => bytes.toString('base64')).join('$')}`;
}
