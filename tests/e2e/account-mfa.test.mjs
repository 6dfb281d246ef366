// A second factor that a user enrols, replaces and removes for themself.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addAccountTenant, addOwner } from './account.mjs';
import { PASSWORD, done, loginTo, user } from './admin.mjs';
import { assertProblem, login, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { openMailbox } from './mailbox.mjs';
import { actionsOf, assertStep, freshCode, totp, verify, wrongCode } from './steps.mjs';

describe('/account/mfa', () => {
  let mailbox, iam, tenant;
  before(async () => {
    mailbox = await openMailbox();
    iam = await startIam({ env: mailbox.env });
    tenant = await addAccountTenant(iam);
  });
  after(async () => {
    await iam?.stop();
    mailbox?.close();
  });

  const offer = (caller, proof) => caller.post('/account/mfa/totp', proof);
  const confirm = (caller, code) => caller.post('/account/mfa/totp:confirm', { code });
  const remove = (caller, proof) => caller.post('/account/mfa/totp:remove', proof);
  const enrolled = async () => {
    const person = await addOwner(iam, tenant);
    const { secret } = done(await offer(person.caller, { current_password: PASSWORD }));
    const { recovery_codes } = done(await confirm(person.caller, totp(secret)));
    return { ...person, secret, recovery_codes };
  };

  test('a factor is offered, confirmed by its first code, and asked for at the next login', async () => {
    const { caller, id, username, address } = await addOwner(iam, tenant);
    assert.deepEqual(done(await caller.get('/account/mfa')), { policy: 'optional', recovery_codes_left: 0 });
    assertProblem(await offer(caller, { current_password: 'x' }), 401, 'invalid_credentials');
    const offered = done(await offer(caller, { current_password: PASSWORD }));
    assert.equal(new URL(offered.otpauth_uri).searchParams.get('secret'), offered.secret);
    assert.match(offered.qr_svg, /^<svg [^]*<\/svg>$/);
    assert.equal(Buffer.from(offered.qr_png, 'base64').subarray(1, 4).toString(), 'PNG');
    // Until it is confirmed nothing has changed.
    succeeded(await login(iam, loginTo(tenant, username)));
    assertProblem(await confirm(caller, wrongCode(offered.secret)), 401, 'invalid_code');
    const { recovery_codes } = done(await confirm(caller, totp(offered.secret)));
    assert.equal(new Set(recovery_codes).size, 10);
    assertProblem(await confirm(caller, totp(offered.secret)), 409, 'wrong_state');
    const { totp: factor, recovery_codes_left } = done(await caller.get('/account/mfa'));
    assert.match(factor.enrolled_at, /^\d{4}-/);
    assert.equal(recovery_codes_left, 10);
    const step = assertStep(await login(iam, loginTo(tenant, username)), 'mfa_required');
    succeeded(await verify(iam, step, recovery_codes[0]));
    assert.equal((await mailbox.next(address, 'mfa_changed')).code, undefined);
    const actions = await actionsOf(iam, tenant, id);
    for (const action of ['mfa.enrolled', 'mfa.enrolment_refused']) assert.ok(actions.includes(action), action);
    for (const secret of [offered.secret, ...recovery_codes]) assert.ok(!iam.logs().includes(secret));
  });

  test('who has a factor replaces it with a code of it, not with the password', async () => {
    const { caller, id, secret } = await enrolled();
    assertProblem(await offer(caller, { current_password: PASSWORD }), 403, 'proof_required');
    assertProblem(await offer(caller, { code: wrongCode(secret) }), 401, 'invalid_code');
    const code = await freshCode(iam, id, secret);
    const next = done(await offer(caller, { code }));
    assertProblem(await offer(caller, { code }), 401, 'invalid_code');
    done(await confirm(caller, totp(next.secret)));
    assertProblem(await offer(caller, { code: totp(secret) }), 401, 'invalid_code');
  });

  test('a factor is removed with a code, and the recovery codes with it', async () => {
    const { caller, username, recovery_codes } = await enrolled();
    assertProblem(await remove(caller, { current_password: PASSWORD }), 403, 'proof_required');
    assert.equal((await remove(caller, { code: recovery_codes[3] })).status, 204);
    assert.deepEqual(done(await caller.get('/account/mfa')), { policy: 'optional', recovery_codes_left: 0 });
    succeeded(await login(iam, loginTo(tenant, username)));
    assertProblem(await remove(caller, { code: recovery_codes[4] }), 404, 'not_found');
  });

  test('where the tenant wants a factor of everybody it cannot be removed', async () => {
    const { caller, recovery_codes } = await enrolled();
    done(await tenant.operator.patch(`/admin/v1/tenants/${tenant.name}`, { settings: { mfa: 'required' } }));
    try {
      assertProblem(await remove(caller, { code: recovery_codes[0] }), 403, 'self_service_disabled');
    } finally {
      done(await tenant.operator.patch(`/admin/v1/tenants/${tenant.name}`, { settings: { mfa: 'optional' } }));
    }
  });

  test('recovery codes are replaced with a code', async () => {
    const { caller, id, username, secret, recovery_codes } = await enrolled();
    const regenerate = (proof) => caller.post('/account/mfa/recovery-codes:regenerate', proof);
    assertProblem(await regenerate({ current_password: PASSWORD }), 403, 'proof_required');
    const again = done(await regenerate({ code: await freshCode(iam, id, secret) })).recovery_codes;
    assert.equal(new Set([...again, ...recovery_codes]).size, 20);
    const step = async () => assertStep(await login(iam, loginTo(tenant, username)), 'mfa_required');
    assert.equal((await verify(iam, await step(), recovery_codes[0])).status, 401);
    succeeded(await verify(iam, await step(), again[0]));
  });

  test('of many who confirm one key at once, one does', async () => {
    const { caller } = await addOwner(iam, tenant);
    const { secret } = done(await offer(caller, { current_password: PASSWORD }));
    const answers = await Promise.all([1, 2, 3, 4].map(() => confirm(caller, totp(secret))));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1, answers.map(({ text }) => text).join());
    for (const { status } of answers) assert.ok([200, 409, 412].includes(status), String(status));
  });

  test('nobody confirms the key of another', async () => {
    const [alice, bob] = [await addOwner(iam, tenant), await addOwner(iam, tenant)];
    const { secret } = done(await offer(alice.caller, { current_password: PASSWORD }));
    assertProblem(await confirm(bob.caller, totp(secret)), 409, 'wrong_state');
    const again = await user(iam, alice.username, loginTo(tenant, alice.username));
    done(await confirm(again, totp(secret)));
  });
});
