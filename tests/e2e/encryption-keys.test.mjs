// The keys that secrets at rest are encrypted with: they are rotated while users have second factors.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { addPerson, done, operator } from './admin.mjs';
import { assertProblem } from './client.mjs';
import { ROOT, newDir, startIam } from './harness.mjs';
import {
  MFA, actionsOf, addStepsTenant, assertStep, assurance, direct, enrollAtLogin, freshCode, toCode, verify,
} from './steps.mjs';

const PROGRAM = process.env.IAM_BIN ?? join(ROOT, 'target/release/iam');
const run = promisify(execFile);

describe('encryption keys', () => {
  const dir = newDir();
  const file = join(dir, 'secrets.json');
  let iam, strict, person;

  before(async () => {
    iam = await startIam({ dir });
    strict = await addStepsTenant(iam, { mfa: 'required' });
    person = await enrolled();
  });
  after(() => iam?.stop());

  /** A user who has a second factor. */
  async function enrolled() {
    const person = await addPerson(strict.operator);
    return { ...person, ...(await enrollAtLogin(iam, direct, strict, person)) };
  }

  async function restart() {
    await iam.stop();
    iam = await startIam({ dir });
    strict.operator = operator(iam, strict.name);
  }

  const keys = () => JSON.parse(readFileSync(file, 'utf8')).encryption_keys.split(',');
  const ids = () => keys().map((key) => key.split(':')[0]);

  /** Runs a command as the operator; gives what it printed. */
  async function command(...args) {
    const env = { ...process.env, IAM_URL: iam.baseUrl, IAM_API_KEY: iam.dev.api_key };
    const { stdout, stderr } = await run(PROGRAM, ['encryption-key', ...args], { env });
    for (const key of keys()) assert.ok(!(stdout + stderr).includes(key.split(':')[1]), 'a key is told');
    return stdout;
  }
  const rotate = () => command('rotate', '--dir', dir);
  const reseal = async () => JSON.parse(await command('reseal', '--json'));

  /** Which key a user's second factor is encrypted with. */
  async function keyOf(person) {
    const sql = "select secret from credentials where user_id = ? and kind = 'totp'";
    const { rows } = await iam.db.execute({ sql, args: [person.id] });
    return rows[0].secret.split('.')[1];
  }

  async function assertLogsIn(person) {
    const { step } = await toCode(iam, direct, strict, person);
    const answer = await verify(iam, step, await freshCode(iam, person.id, person.secret));
    assert.deepEqual(assurance(await direct.tokens(iam, {}, answer)), MFA);
  }

  test('a rotation loses no second factor, and the old key is not needed after it', async () => {
    assert.deepEqual(ids(), ['k1']);
    assert.equal(await keyOf(person), 'k1');
    await rotate();
    assert.deepEqual(ids(), ['k2', 'k1']);

    await restart();
    await assertLogsIn(person);
    const other = await enrolled();
    assert.deepEqual([await keyOf(person), await keyOf(other)], ['k1', 'k2']);
    assert.deepEqual(await reseal(), { resealed: 1, unopenable: 0 });
    assert.deepEqual([await keyOf(person), await keyOf(other)], ['k2', 'k2']);
    assert.deepEqual(await reseal(), { resealed: 0, unopenable: 0 });

    await assert.rejects(command('retire', '--dir', dir), ({ code, stderr }) => code === 2 && /--yes/.test(stderr));
    assert.deepEqual(ids(), ['k2', 'k1']);
    await command('retire', '--dir', dir, '--yes');
    assert.deepEqual(ids(), ['k2']);
    await restart();
    await assertLogsIn(person);
    await assertLogsIn(other);
  });

  test('a resealing is in the audit log with its counts', async () => {
    const before = (await operator(iam).all('audit-events', { action: 'secrets.resealed' })).length;
    await reseal();
    const events = await operator(iam).all('audit-events', { action: 'secrets.resealed' });
    assert.equal(events.length, before + 1);
    assert.deepEqual(events[0].details, { resealed: events[0].details.resealed, unopenable: 0 });
  });

  test('what no key opens is counted, named in the log, and helped by a reset', async () => {
    const lost = await enrolled();
    const { rowsAffected } = await iam.db.execute({
      sql: "update credentials set secret = replace(secret, 'v1.k2.', 'v1.gone.') where user_id = ? and kind = 'totp'",
      args: [lost.id],
    });
    assert.equal(rowsAffected, 1);
    assert.deepEqual(await reseal(), { resealed: 0, unopenable: 1 });
    assert.ok((await actionsOf(iam, strict, lost.id)).includes('user.credential_unreadable'));
    await reset(lost);
    assert.deepEqual(await reseal(), { resealed: 0, unopenable: 0 });
  });

  test('an operator resets a second factor that was lost, and the user enrols another', async () => {
    await reset(await enrolled());
  });

  /** Removes somebody's second factor, with which the recovery codes go; they log in with another. */
  async function reset(lost) {
    const path = `users/${lost.id}/credentials`;
    const kinds = async () => (await strict.operator.all(path)).map(({ kind }) => kind).sort();
    assert.deepEqual(await kinds(), ['password', 'recovery_codes', 'totp']);
    const totp = (await strict.operator.all(path)).find(({ kind }) => kind === 'totp');
    assert.doesNotMatch(JSON.stringify(totp), /secret|v1\./);
    done(await strict.operator.remove(`${path}/${totp.id}`));
    assert.deepEqual(await kinds(), ['password']);
    const left = await iam.db.execute({ sql: 'select * from recovery_codes where user_id = ?', args: [lost.id] });
    assert.equal(left.rows.length, 0);
    assertProblem(await strict.operator.remove(`${path}/${totp.id}`), 404, 'not_found');
    const events = await strict.operator.all('audit-events', { target: lost.id, action: 'user.credential_removed' });
    assert.deepEqual(events.map(({ details }) => details), [{ credential: totp.id, kind: 'totp' }]);

    const { answer } = await direct.begin(iam, strict, lost);
    assertStep(answer, 'mfa_enrollment_required');
    const again = await enrollAtLogin(iam, direct, strict, lost);
    assert.notEqual(again.secret, lost.secret);
    await assertLogsIn({ ...lost, ...again });
  }

  test('recovery codes are removed by themselves, and the key stays', async () => {
    const careless = await enrolled();
    const path = `users/${careless.id}/credentials`;
    const codes = (await strict.operator.all(path)).find(({ kind }) => kind === 'recovery_codes');
    done(await strict.operator.remove(`${path}/${codes.id}`));
    const { step } = await toCode(iam, direct, strict, careless);
    const answer = await verify(iam, step, careless.recovery_codes[0], { method: 'recovery_code' });
    assertStep(answer, 'invalid_code', { status: 401 });
    await assertLogsIn(careless);
  });

  test('a cursor that nobody was given is refused', async () => {
    for (const text of ['', 'x', 'false///x/', 'false//nobody/x']) {
      const cursor = Buffer.from(text).toString('base64url');
      const answer = await operator(iam).send('POST', 'encryption-keys:reseal', { query: { cursor } });
      assertProblem(answer, 400, 'invalid_request');
    }
  });

  test('a damaged keyring is named, and not repeated', async () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/k2:/, 'k2-'));
    await assert.rejects(command('rotate', '--dir', dir), ({ stderr }) => /is damaged/.test(stderr) && !/k2-/.test(stderr));
    writeFileSync(file, text);
    await assert.rejects(command('rotate', '--dir', newDir()), ({ stderr }) => /--dir/.test(stderr));
  });
});
