// A new password for who forgot theirs, by a code that was sent to them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NEW_PASSWORD, addAccountTenant, addOwner, bring, codeOf, freshAddress } from './account.mjs';
import { PASSWORD, addPerson, done, fresh, loginTo, operator } from './admin.mjs';
import { assertProblem, login, post, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { openMailbox } from './mailbox.mjs';
import { actionsOf, assertStep, freshCode, totp, verify } from './steps.mjs';

describe('recovery', () => {
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

  const ask = (who, at = tenant) => post(iam, '/account/recovery', { tenant: at.name, client_id: at.client_id, ...who });
  const confirm = (code, new_password = NEW_PASSWORD, at = tenant) =>
    bring(iam, '/account/recovery:confirm', at, code, { new_password });
  const recoverable = async (person) => {
    assert.equal((await ask({ email: person.address })).status, 202);
    return codeOf(await mailbox.next(person.address, 'password_recovery'), 'https://app.example/recover?from=mail&');
  };

  test('a code sets a new password, once; sessions end and the address is proved', async () => {
    const person = await addOwner(iam, tenant);
    const before = await tokensOf(iam, loginTo(tenant, person.username));
    const code = await recoverable(person);
    // A password that breaks a rule leaves the code good.
    const weak = await confirm(code, 'qwertyuiopasdfghjkl');
    assertProblem(weak, 400, 'invalid_request');
    assert.equal(weak.body.errors[0].code, 'password_sequence');
    const answers = await Promise.all([1, 2, 3].map(() => confirm(code)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 401, 401]);
    assertProblem(await login(iam, loginTo(tenant, person.username)), 401, 'invalid_credentials');
    succeeded(await login(iam, loginTo(tenant, person.username, NEW_PASSWORD)));
    assertProblem(await refresh(iam, before.refresh_token, tenant.client_id), 401, 'invalid_grant');
    await mailbox.next(person.address, 'password_changed');
    const { emails } = await tenant.operator.read(`users/${person.id}`);
    assert.deepEqual(emails, [{ address: person.address, verified: true }]);
    assert.ok((await actionsOf(iam, tenant, person.id)).includes('password.recovered'));
    for (const secret of [code, NEW_PASSWORD]) assert.ok(!iam.logs().includes(secret));
  });

  test('it is asked for by name or by address, however they are typed', async () => {
    const person = await addOwner(iam, tenant);
    for (const who of [
      { username: person.username.toUpperCase() },
      { email: person.address.toUpperCase() },
    ]) {
      assert.equal((await ask(who)).status, 202);
      await mailbox.next(person.address, 'password_recovery');
    }
    assertProblem(await ask({}), 400, 'invalid_request');
    assertProblem(await ask({ username: person.username, email: person.address }), 400, 'invalid_request');
  });

  test('the answer does not tell who exists, and who may not log in gets no code', async () => {
    const locked = await addOwner(iam, tenant);
    done(await tenant.operator.post(`users/${locked.id}:lock`));
    const known = await addOwner(iam, tenant);
    const answers = [];
    for (const who of [
      { email: known.address }, { email: freshAddress() }, { username: fresh('nobody') }, { email: locked.address },
    ]) {
      const { status, text, headers } = await ask(who);
      answers.push(JSON.stringify([status, text, headers.get('content-type'), headers.get('content-length')]));
    }
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
    await mailbox.next(known.address, 'password_recovery');
    assert.equal(mailbox.count(locked.address, 'password_recovery'), 0);
  });

  test('a second factor is asked for after a recovery as before', async () => {
    const person = await addOwner(iam, tenant);
    const offer = done(await person.caller.post('/account/mfa/totp', { current_password: PASSWORD }));
    done(await person.caller.post('/account/mfa/totp:confirm', { code: totp(offer.secret) }));
    assert.equal((await confirm(await recoverable(person))).status, 204);
    const step = assertStep(await login(iam, loginTo(tenant, person.username, NEW_PASSWORD)), 'mfa_required');
    succeeded(await verify(iam, step, await freshCode(iam, person.id, offer.secret)));
  });

  test('a code is good in its tenant alone, and for what it was sent for', async () => {
    const [person, elsewhere] = [await addOwner(iam, tenant), await addAccountTenant(iam)];
    const code = await recoverable(person);
    assertProblem(await confirm(code, NEW_PASSWORD, elsewhere), 401, 'invalid_code');
    assertProblem(await bring(iam, '/account/email:confirm', tenant, code), 401, 'invalid_code');
    const accept = bring(iam, '/account/invitation:accept', tenant, code, { password: NEW_PASSWORD });
    assertProblem(await accept, 401, 'invalid_code');
    await iam.db.execute({ sql: 'update one_time_codes set expires_at = 1 where user_id = ?', args: [person.id] });
    assertProblem(await confirm(code), 401, 'invalid_code');
  });

  test('of all codes that were sent, the first that is used ends the others', async () => {
    const person = await addOwner(iam, tenant);
    const codes = [await recoverable(person), await recoverable(person)];
    assert.equal((await confirm(codes[1])).status, 204);
    assertProblem(await confirm(codes[0]), 401, 'invalid_code');
  });

  test('a tenant may switch it off', async () => {
    const off = await addAccountTenant(iam, { self_service: { recovery: false } });
    const person = await addPerson(off.operator, { emails: [{ address: freshAddress() }] });
    for (const at of [off, { name: 'no-such-tenant', client_id: off.client_id }]) {
      assertProblem(await ask({ username: person.username }, at), 403, 'self_service_disabled');
    }
  });

  test('whoever was invited gets their invitation again', async () => {
    const address = freshAddress();
    const invited = await operator(iam, tenant.name).make('users', { username: fresh('inv'), emails: [{ address }] });
    assert.equal((await ask({ email: address })).status, 202);
    const code = codeOf(await mailbox.next(address, 'invitation'), 'https://app.example/welcome?');
    assert.equal((await bring(iam, '/account/invitation:accept', tenant, code, { password: PASSWORD })).status, 204);
    succeeded(await login(iam, loginTo(tenant, invited.username)));
  });
});

describe('limits on what is sent', () => {
  test('messages to one address are few, and the answer says when to come back', async () => {
    const mailbox = await openMailbox();
    const iam = await startIam({ env: { ...mailbox.env, SPIN_VARIABLE_MESSAGE_LIMITS: '' } });
    const tenant = await addAccountTenant(iam);
    const email = freshAddress();
    const answers = [];
    for (let i = 0; i < 8; i += 1) {
      answers.push(await post(iam, '/account/recovery', { tenant: tenant.name, email }));
    }
    const refused = answers.find(({ status }) => status === 429);
    assertProblem(refused, 429, 'too_many_requests');
    assert.match(refused.headers.get('retry-after'), /^\d+$/);
    assert.equal(answers[0].status, 202);
    await iam.stop();
    mailbox.close();
  });
});
