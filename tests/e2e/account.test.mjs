// What users do for themselves with a token: profile, password, addresses.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NEW_PASSWORD, addAccountTenant, addOwner, bring, codeOf, freshAddress } from './account.mjs';
import { Caller, PASSWORD, addPerson, done, loginTo, operator, user } from './admin.mjs';
import { assertProblem, login, pointers, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { openMailbox } from './mailbox.mjs';
import { actionsOf } from './steps.mjs';

describe('/account', () => {
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

  const owner = (body) => addOwner(iam, tenant, body);

  test('nobody gets in without a token of their own', async () => {
    for (const [method, path] of [['GET', '/account/profile'], ['GET', '/account/mfa']]) {
      for (const bearer of [undefined, 'x', iam.dev.api_key]) {
        const answer = await new Caller(iam, bearer).send(method, path);
        assertProblem(answer, 401, 'unauthenticated');
      }
    }
    const { id, caller } = await owner();
    done(await tenant.operator.post(`users/${id}:lock`));
    assertProblem(await caller.get('/account/profile'), 401, 'unauthenticated');
  });

  test('a user reads what is known of them, and changes what is theirs to say', async () => {
    const { caller, id, username, address } = await owner({
      profile: { name: 'Carol', locale: 'de' }, private_metadata: { note: 'x' }, attributes: {},
    });
    const read = await caller.get('/account/profile');
    assert.equal(read.headers.get('etag'), '"1"');
    const { created_at, updated_at, ...shown } = done(read);
    assert.deepEqual(shown, {
      id, username, emails: [{ address, verified: false }], profile: { name: 'Carol', locale: 'de' }, public_metadata: {},
    });
    const patch = { phone: '+4930123456', profile: { nickname: 'caz', locale: null } };
    const changed = await caller.patch('/account/profile', patch, '"1"');
    assert.equal(changed.headers.get('etag'), '"2"');
    assert.deepEqual(done(changed).profile, { name: 'Carol', nickname: 'caz' });
    assert.equal(changed.body.phone, '+4930123456');
    assertProblem(await caller.patch('/account/profile', patch, '"1"'), 412, 'precondition_failed');
    assertProblem(await caller.patch('/account/profile', patch, null), 428, 'precondition_required');
    assert.equal((await tenant.operator.read(`users/${id}`)).private_metadata.note, 'x');
    assert.ok((await actionsOf(iam, tenant, id)).includes('account.profile_changed'));
  });

  test('what apps and policies rely on is not theirs to change', async () => {
    const { caller } = await owner();
    for (const field of ['username', 'emails', 'attributes', 'roles', 'status', 'private_metadata', 'public_metadata']) {
      const answer = await caller.patch('/account/profile', { [field]: 'x' });
      assert.deepEqual(pointers(assertProblem(answer, 400, 'invalid_request')), [`/${field}`]);
    }
  });

  test('a password is changed by who knows it; all sessions end and the user is told', async () => {
    const { caller, username, id, address } = await owner();
    const other = await tokensOf(iam, loginTo(tenant, username));
    const change = (current_password, new_password) =>
      caller.post('/account/password:change', { current_password, new_password });
    const wrong = await change(`${PASSWORD}!`, NEW_PASSWORD);
    assertProblem(wrong, 401, 'invalid_credentials');
    const weak = await change(PASSWORD, 'short');
    assertProblem(weak, 400, 'invalid_request');
    assert.deepEqual(weak.body.errors.map(({ pointer, code }) => [pointer, code]), [
      ['/new_password', 'password_too_short'],
    ]);
    succeeded(await login(iam, loginTo(tenant, username)));
    assert.equal((await change(PASSWORD, NEW_PASSWORD)).status, 204);
    assertProblem(await login(iam, loginTo(tenant, username)), 401, 'invalid_credentials');
    succeeded(await login(iam, loginTo(tenant, username, NEW_PASSWORD)));
    assertProblem(await refresh(iam, other.refresh_token, tenant.client_id), 401, 'invalid_grant');
    const told = await mailbox.next(address, 'password_changed');
    assert.equal(told.code, undefined);
    const actions = await actionsOf(iam, tenant, id);
    for (const action of ['account.proof_refused', 'password.changed']) assert.ok(actions.includes(action), action);
    for (const secret of [PASSWORD, NEW_PASSWORD]) assert.ok(!iam.logs().includes(secret));
  });

  test('an address is verified by the code that was sent to it, once', async () => {
    const { caller, id, address } = await owner();
    assert.equal((await caller.post('/account/email:verify', {})).status, 202);
    const code = codeOf(await mailbox.next(address, 'email_verification'), 'https://app.example/verify?');
    assertProblem(await bring(iam, '/account/email:confirm', tenant, 'x'.repeat(43)), 401, 'invalid_code');
    const answers = await Promise.all([1, 2, 3].map(() => bring(iam, '/account/email:confirm', tenant, code)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 401, 401]);
    assert.deepEqual((await tenant.operator.read(`users/${id}`)).emails, [{ address, verified: true }]);
    assertProblem(await caller.post('/account/email:verify', { address: freshAddress() }), 400, 'invalid_request');
    assert.ok(!iam.logs().includes(code));
  });

  test('a new address takes the place of the old when its code comes back, and takes the password', async () => {
    const { caller, id, address } = await owner();
    const fresh = freshAddress();
    const change = (proof) => caller.post('/account/email:change', { address: fresh, ...proof });
    assertProblem(await change({}), 400, 'invalid_request');
    assertProblem(await change({ current_password: 'x' }), 401, 'invalid_credentials');
    assert.equal((await change({ current_password: PASSWORD })).status, 202);
    const code = codeOf(await mailbox.next(fresh, 'email_verification'), 'https://app.example/verify?');
    assert.deepEqual((await tenant.operator.read(`users/${id}`)).emails, [{ address, verified: false }]);
    const elsewhere = await addAccountTenant(iam);
    assertProblem(await bring(iam, '/account/email:confirm', elsewhere, code), 401, 'invalid_code');
    assert.equal((await bring(iam, '/account/email:confirm', tenant, code)).status, 204);
    assert.deepEqual((await tenant.operator.read(`users/${id}`)).emails, [{ address: fresh, verified: true }]);
  });

  test('an address that somebody else took meanwhile is not taken from them', async () => {
    const { caller, id, address } = await owner();
    const fresh = freshAddress();
    done(await caller.post('/account/email:change', { address: fresh, current_password: PASSWORD }));
    const { code } = await mailbox.next(fresh, 'email_verification');
    await addPerson(tenant.operator, { emails: [{ address: fresh }] });
    assertProblem(await bring(iam, '/account/email:confirm', tenant, code), 401, 'invalid_code');
    assert.deepEqual((await tenant.operator.read(`users/${id}`)).emails, [{ address, verified: false }]);
  });

  test('an operator acts on their own account alone', async () => {
    const { id } = await owner();
    const own = await user(iam, iam.dev.username);
    assert.notEqual(done(await own.on(tenant.name).get('/account/profile')).id, id);
    assertProblem(await operator(iam, tenant.name).get('/account/profile'), 401, 'unauthenticated');
  });
});
