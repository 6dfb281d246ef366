// Accounts that people make for themselves, where the tenant lets them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NEW_PASSWORD, addAccountTenant, addOwner, bring, codeOf, freshAddress } from './account.mjs';
import { PASSWORD, fresh, loginTo } from './admin.mjs';
import { assertProblem, login, post, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { openMailbox } from './mailbox.mjs';
import { actionsOf } from './steps.mjs';

describe('registration', () => {
  let mailbox, iam, tenant;
  before(async () => {
    mailbox = await openMailbox();
    iam = await startIam({ env: mailbox.env });
    tenant = await addAccountTenant(iam, { self_service: { registration: true } });
  });
  after(async () => {
    await iam?.stop();
    mailbox?.close();
  });

  const register = (body, at = tenant) =>
    post(iam, '/account/register', { tenant: at.name, client_id: at.client_id, ...body });
  const accept = (code, password = PASSWORD) => bring(iam, '/account/invitation:accept', tenant, code, { password });
  const invited = async (address) => codeOf(await mailbox.next(address, 'invitation'), 'https://app.example/welcome?');

  test('whoever reads the address sets the password, and is active then', async () => {
    const email = freshAddress();
    const answer = await register({ email, profile: { name: 'Dora' } });
    assert.equal(answer.status, 202, answer.text);
    const code = await invited(email);
    const made = await tenant.operator.only('users', { email });
    assert.equal(made.status, 'invited');
    assertProblem(await login(iam, loginTo(tenant, email)), 401, 'invalid_credentials');
    assertProblem(await accept(code, 'acme'), 400, 'invalid_request');
    const answers = await Promise.all([1, 2, 3].map(() => accept(code)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 401, 401]);
    succeeded(await login(iam, loginTo(tenant, email)));
    const active = await tenant.operator.read(`users/${made.id}`);
    assert.equal(active.status, 'active');
    assert.deepEqual(active.emails, [{ address: email, verified: true }]);
    assert.equal(active.profile.name, 'Dora');
    const actions = await actionsOf(iam, tenant, made.id);
    for (const action of ['account.registered', 'account.invitation_accepted']) assert.ok(actions.includes(action), action);
    assert.ok(!iam.logs().includes(code));
  });

  test('the answer does not tell that an address is taken; its user is told', async () => {
    const owner = await addOwner(iam, tenant);
    const answers = [];
    for (const email of [owner.address, owner.address.toUpperCase(), freshAddress()]) {
      const { status, text, headers } = await register({ email });
      answers.push(JSON.stringify([status, text, headers.get('content-type')]));
    }
    assert.equal(new Set(answers).size, 1, answers.join('\n'));
    const told = await mailbox.next(owner.address, 'registration_attempted');
    assert.equal(told.code, undefined);
    succeeded(await login(iam, loginTo(tenant, owner.username)));
  });

  test('who registers twice gets another code for the same account', async () => {
    const email = freshAddress();
    for (let i = 0; i < 2; i += 1) assert.equal((await register({ email })).status, 202);
    const codes = [await invited(email), await invited(email)];
    assert.equal((await tenant.operator.all('users', { email })).length, 1);
    assert.equal((await accept(codes[1], NEW_PASSWORD)).status, 204);
    assertProblem(await accept(codes[0]), 401, 'invalid_code');
  });

  test('of many who register one address at once, one account comes', async () => {
    const email = freshAddress();
    const answers = await Promise.all([1, 2, 3, 4].map(() => register({ email })));
    assert.deepEqual(answers.map(({ status }) => status), [202, 202, 202, 202]);
    assert.equal((await tenant.operator.all('users', { email })).length, 1);
  });

  test('a login name of their own is taken if it is free', async () => {
    const username = fresh('dora');
    const email = freshAddress();
    assert.equal((await register({ email, username })).status, 202);
    assert.equal((await accept(await invited(email))).status, 204);
    succeeded(await login(iam, loginTo(tenant, username)));
    const taken = await register({ email: freshAddress(), username });
    assertProblem(taken, 400, 'invalid_request');
    assert.deepEqual(taken.body.errors.map(({ pointer, code }) => [pointer, code]), [['/username', 'username_taken']]);
  });

  test('a tenant that does not switch it on has none', async () => {
    const off = await addAccountTenant(iam);
    assertProblem(await register({ email: freshAddress() }, off), 403, 'self_service_disabled');
  });

  test('nobody gives themselves what is not theirs to give', async () => {
    for (const field of ['roles', 'groups', 'status', 'password', 'attributes', 'emails']) {
      assertProblem(await register({ email: freshAddress(), [field]: 'x' }), 400, 'invalid_request');
    }
  });
});
