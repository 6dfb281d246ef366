// The steps of a login, each walked directly and at a page that Hydra sent a browser to.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freshAddress } from './account.mjs';
import { PASSWORD, addPerson, done } from './admin.mjs';
import { assertProblem, payload, pointers, post, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { openMailbox } from './mailbox.mjs';
import {
  MFA, PWD, actionsOf, addInvited, addStepsTenant, assertStep, assurance, challenge, changePassword, confirm, direct, enroll,
  enrollAtLogin, freshCode, keyOf, redis, toCode, totp, verify, wrongCode,
} from './steps.mjs';

const NEW_PASSWORD = 'staple battery horse correct';
const DAY = 24 * 60 * 60 * 1000;

for (const mode of [direct, challenge]) {
  describe(`the steps of a login: ${mode.name}`, () => {
    let iam, plain, strict;
    before(async () => {
      iam = await startIam();
      plain = await addStepsTenant(iam);
      strict = await addStepsTenant(iam, { mfa: 'required' });
    });
    after(() => iam?.stop());

    /** A user of the strict tenant who has enrolled. */
    const enrolled = async () => {
      const person = await addPerson(strict.operator);
      return { ...person, ...(await enrollAtLogin(iam, mode, strict, person)) };
    };

    test('a password is enough where no more is asked for', async () => {
      const person = await addPerson(plain.operator);
      const flow = await mode.begin(iam, plain, person);
      assert.deepEqual(assurance(await mode.tokens(iam, flow)), PWD);
    });

    test('a second factor is enrolled during the login, and proved at the next', async () => {
      const person = await addPerson(strict.operator);
      const { offer, secret, recovery_codes, tokens } = await enrollAtLogin(iam, mode, strict, person);
      assert.match(secret, /^[A-Z2-7]{32}$/);
      const uri = new URL(offer.otpauth_uri);
      assert.equal(uri.protocol, 'otpauth:');
      assert.equal(uri.searchParams.get('secret'), secret);
      assert.match(offer.qr_svg, /^<svg [^]*<\/svg>$/);
      assert.equal(Buffer.from(offer.qr_png, 'base64').subarray(1, 4).toString(), 'PNG');
      assert.equal(new Set(recovery_codes).size, 10);
      assert.deepEqual(assurance(tokens), MFA);

      const flow = await toCode(iam, mode, strict, person);
      assert.deepEqual(flow.step.methods, ['totp', 'recovery_code']);
      // The code of the enrolment was used, and so was its time.
      const late = totp(secret, Math.floor(Date.now() / 30_000) + 1);
      const answer = await verify(iam, flow.step, late, { method: 'totp' });
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), MFA);
      const actions = await actionsOf(iam, strict, person.id);
      const counted = (action) => actions.filter((other) => other === action).length;
      assert.deepEqual(
        ['mfa.enrolled', 'mfa.verified', 'login.succeeded'].map(counted), [1, 1, 2], actions.join(),
      );
    });

    test('a refresh keeps what the login proved', async () => {
      const { tokens } = await enrolled();
      const renewed = succeeded(await refresh(iam, tokens.refresh_token, strict.client_id));
      assert.equal(payload(renewed.access_token).acr, 'mfa');
    });

    test('a wrong code gives another token, five times', async () => {
      const person = await enrolled();
      let { step } = await toCode(iam, mode, strict, person);
      const used = step;
      for (let tries = 1; tries < 5; tries += 1) {
        step = assertStep(await verify(iam, step, wrongCode(person.secret)), 'invalid_code', { status: 401 });
      }
      const last = await verify(iam, step, wrongCode(person.secret));
      assertProblem(last, 401, 'invalid_code');
      for (const gone of [used, step]) {
        assertProblem(await verify(iam, gone, totp(person.secret)), 401, 'invalid_step');
      }
      const failed = (await actionsOf(iam, strict, person.id)).filter((action) => action === 'mfa.failed');
      assert.equal(failed.length, 5);
    });

    test('after a wrong code the right one is taken', async () => {
      const person = await enrolled();
      const flow = await toCode(iam, mode, strict, person);
      const again = assertStep(await verify(iam, flow.step, wrongCode(person.secret)), 'invalid_code', { status: 401 });
      assert.deepEqual(again.methods, ['totp', 'recovery_code']);
      const answer = await verify(iam, again, await freshCode(iam, person.id, person.secret));
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), MFA);
    });

    test('a code works once', async () => {
      const person = await enrolled();
      const code = await freshCode(iam, person.id, person.secret);
      const [first, second] = [await toCode(iam, mode, strict, person), await toCode(iam, mode, strict, person)];
      succeeded(await verify(iam, first.step, code));
      assertStep(await verify(iam, second.step, code), 'invalid_code', { status: 401 });
    });

    test('a recovery code works once, however it is typed', async () => {
      const person = await enrolled();
      const [code, other] = person.recovery_codes;
      const flow = await toCode(iam, mode, strict, person);
      const answer = await verify(iam, flow.step, code.toUpperCase().replaceAll('-', ' '));
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), MFA);
      const { step } = await toCode(iam, mode, strict, person);
      const again = assertStep(await verify(iam, step, code), 'invalid_code', { status: 401 });
      succeeded(await verify(iam, again, other, { method: 'recovery_code' }));
      const used = (await actionsOf(iam, strict, person.id)).filter((action) => action === 'recovery_code.used');
      assert.equal(used.length, 2);
    });

    test('of 20 who bring one token at once, one goes on', async () => {
      const person = await enrolled();
      const { step } = await toCode(iam, mode, strict, person);
      const code = await freshCode(iam, person.id, person.secret);
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(iam, step, code)));
      const lost = answers.filter((answer) => answer.status !== 200);
      assert.equal(lost.length, 19, lost.map((answer) => answer.status).join());
      lost.forEach((answer) => assertProblem(answer, 401, 'invalid_step'));
    });

    test('of 10 who bring one code at once, one goes on', async () => {
      const person = await enrolled();
      const codes = [await freshCode(iam, person.id, person.secret), person.recovery_codes[0]];
      for (const code of codes) {
        const flows = [];
        for (let count = 0; count < 10; count += 1) flows.push(await toCode(iam, mode, strict, person));
        const answers = await Promise.all(flows.map(({ step }) => verify(iam, step, code)));
        assert.equal(answers.filter((answer) => answer.status === 200).length, 1, code);
        const lost = answers.filter((answer) => answer.status !== 200);
        lost.forEach((answer) => assertStep(answer, 'invalid_code', { status: 401 }));
      }
    });

    test('a token is good for its own step alone, and only once there', async () => {
      const person = await enrolled();
      const { step } = await toCode(iam, mode, strict, person);
      for (const other of [enroll(iam, step), confirm(iam, step, '000000'), changePassword(iam, step, NEW_PASSWORD)]) {
        assertProblem(await other, 401, 'invalid_step');
      }
      const code = await freshCode(iam, person.id, person.secret);
      succeeded(await verify(iam, step, code));
      assertProblem(await verify(iam, step, code), 401, 'invalid_step');
      assertProblem(await verify(iam, { token: 'A'.repeat(43) }, code), 401, 'invalid_step');
    });

    test('a login waits for five minutes, and the store knows no token', async () => {
      const person = await enrolled();
      const { step } = await toCode(iam, mode, strict, person);
      const key = keyOf('verify', step.token);
      const left = await redis(iam, 'PTTL', key);
      assert.ok(left > 200_000 && left <= 300_000, `${left} ms`);
      const kept = await redis(iam, 'GET', key);
      assert.ok(!kept.includes(step.token) && !kept.includes(PASSWORD) && !kept.includes(person.secret));
      // As it is five minutes later.
      await redis(iam, 'DEL', key);
      const code = await freshCode(iam, person.id, person.secret);
      assertProblem(await verify(iam, step, code), 401, 'invalid_step');
    });

    test('a password that has to be changed is changed in the login', async () => {
      const person = await addPerson(plain.operator);
      const before = succeeded((await direct.begin(iam, plain, person)).answer);
      done(await plain.operator.post(`users/${person.id}:require-password-change`));
      const flow = await mode.begin(iam, plain, person);
      let step = assertStep(flow.answer, 'password_change_required');
      for (const [bad, rule] of [['short', 'password_too_short'], [PASSWORD, 'password_unchanged']]) {
        const answer = await changePassword(iam, step, bad);
        step = assertStep(answer, 'invalid_request', { status: 400 });
        assert.deepEqual(pointers(answer.body), ['/new_password']);
        assert.equal(answer.body.errors[0].code, rule);
      }
      const answer = await changePassword(iam, step, NEW_PASSWORD);
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), PWD);
      const old = await direct.begin(iam, plain, person);
      assertProblem(old.answer, 401, 'invalid_credentials');
      succeeded((await direct.begin(iam, plain, { ...person, password: NEW_PASSWORD })).answer);
      assertProblem(await refresh(iam, before.refresh_token, plain.client_id), 401, 'invalid_grant');
      assert.ok((await actionsOf(iam, plain, person.id)).includes('password.changed'));
    });

    test('a password that is too old is changed in the login', async () => {
      const tenant = await addStepsTenant(iam, { password: { min_length: 15, max_age_days: 30 } });
      const person = await addPerson(tenant.operator);
      succeeded((await mode.begin(iam, tenant, person)).answer);
      const then = Date.now() - 31 * DAY;
      await iam.db.execute({ sql: 'update credentials set updated_at = ? where user_id = ?', args: [then, person.id] });
      const flow = await mode.begin(iam, tenant, person);
      const answer = await changePassword(iam, assertStep(flow.answer, 'password_expired'), NEW_PASSWORD);
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), PWD);
    });

    test('who was invited sets a password, enrols a factor, and is active', async () => {
      const person = await addInvited(iam, strict);
      const flow = await mode.begin(iam, strict, person);
      const changed = await changePassword(iam, assertStep(flow.answer, 'invitation_pending'), NEW_PASSWORD);
      const offer = succeeded(await enroll(iam, assertStep(changed, 'mfa_enrollment_required')));
      const wrong = await confirm(iam, offer.step, wrongCode(offer.secret));
      const again = assertStep(wrong, 'invalid_code', { status: 401 });
      const answer = await confirm(iam, again, totp(offer.secret));
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), MFA);
      assert.equal((await strict.operator.read(`users/${person.id}`)).status, 'active');
    });

    test('a password is changed only after the factor is proved', async () => {
      const person = await enrolled();
      done(await strict.operator.post(`users/${person.id}:require-password-change`));
      const flow = await toCode(iam, mode, strict, person);
      const proved = await verify(iam, flow.step, await freshCode(iam, person.id, person.secret));
      const answer = await changePassword(iam, assertStep(proved, 'password_change_required'), NEW_PASSWORD);
      assert.deepEqual(assurance(await mode.tokens(iam, flow, answer)), MFA);
    });

    test('what happens between two steps counts', async () => {
      const reset = await enrolled();
      const waiting = await toCode(iam, mode, strict, reset);
      done(await strict.operator.post(`users/${reset.id}:reset-password`, { password: NEW_PASSWORD }));
      const code = await freshCode(iam, reset.id, reset.secret);
      assertProblem(await verify(iam, waiting.step, code), 401, 'invalid_step');

      const disabled = await enrolled();
      const late = await toCode(iam, mode, strict, disabled);
      done(await strict.operator.post(`users/${disabled.id}:disable`));
      const denied = await verify(iam, late.step, await freshCode(iam, disabled.id, disabled.secret));
      assertProblem(denied, 403, 'user_disabled');
      assert.ok((await actionsOf(iam, strict, disabled.id)).includes('login.denied'));
    });

    test('who knows only the password cannot replace a factor that was enrolled meanwhile', async () => {
      const person = await addPerson(strict.operator);
      const [thief, early] = [await mode.begin(iam, strict, person), await mode.begin(iam, strict, person)];
      const stolen = succeeded(await enroll(iam, assertStep(thief.answer, 'mfa_enrollment_required')));
      await enrollAtLogin(iam, mode, strict, person);
      assertProblem(await confirm(iam, stolen.step, totp(stolen.secret)), 401, 'invalid_step');
      assertProblem(await enroll(iam, assertStep(early.answer, 'mfa_enrollment_required')), 401, 'invalid_step');
      await toCode(iam, mode, strict, person);
    });

    test('a client, a scope and a request can ask for a second factor', async () => {
      const person = await addPerson(plain.operator);
      const client = (body) => plain.operator.patch(`clients/${plain.client_id}`, body);
      done(await client({ require_acr: 'mfa' }));
      assertStep((await mode.begin(iam, plain, person)).answer, 'mfa_enrollment_required');
      done(await client({ require_acr: null, scope_acr: { email: 'mfa' } }));
      assertStep((await mode.begin(iam, plain, person, { scope: 'openid email' })).answer, 'mfa_enrollment_required');
      succeeded((await mode.begin(iam, plain, person, { scope: 'openid' })).answer);
      done(await client({ scope_acr: null }));
      assertStep((await mode.begin(iam, plain, person, { acr_values: 'mfa' })).answer, 'mfa_enrollment_required');
      succeeded((await mode.begin(iam, plain, person, { acr_values: 'pwd mfa' })).answer);
    });

    test('no log has a code, a key or a token of a step', async () => {
      const person = await addPerson(strict.operator);
      const flow = await mode.begin(iam, strict, person);
      const first = assertStep(flow.answer, 'mfa_enrollment_required');
      const offer = succeeded(await enroll(iam, first));
      const wrong = assertStep(await confirm(iam, offer.step, wrongCode(offer.secret)), 'invalid_code', { status: 401 });
      const { recovery_codes } = succeeded(await confirm(iam, wrong, totp(offer.secret)));
      const { step } = await toCode(iam, mode, strict, person);
      const last = assertStep(await verify(iam, step, 'no-such-recovery-code'), 'invalid_code', { status: 401 });
      const secrets = [
        offer.secret, ...recovery_codes, 'no-such-recovery-code', PASSWORD,
        ...[first, offer.step, wrong, step, last].map(({ token }) => token),
      ];
      const events = JSON.stringify(await strict.operator.all('audit-events', { target: person.id }));
      for (const [log, text] of Object.entries({ iam: iam.logs(), hydra: iam.hydraLogs(), audit: events })) {
        for (const secret of secrets) assert.ok(!text.includes(secret), `the log of ${log} has ${secret}`);
      }
      const { rows } = await iam.db.execute({ sql: 'select * from credentials where user_id = ?', args: [person.id] });
      assert.ok(!JSON.stringify(rows).includes(offer.secret), 'the key is encrypted where it is stored');
    });
  });
}

describe('direct logins and assurance', () => {
  let mailbox, iam, off;
  before(async () => {
    mailbox = await openMailbox();
    iam = await startIam({ env: mailbox.env });
    off = await addStepsTenant(iam, { mfa: 'off' });
  });
  after(async () => {
    await iam?.stop();
    mailbox?.close();
  });

  test('who gets a factor or a password is told of it', async () => {
    const tenant = await addStepsTenant(iam, { mfa: 'required' });
    const address = freshAddress();
    const person = await addInvited(iam, tenant, { emails: [{ address }] });
    const { answer } = await direct.begin(iam, tenant, person);
    const changed = await changePassword(iam, assertStep(answer, 'invitation_pending'), NEW_PASSWORD);
    await mailbox.next(address, 'password_changed');
    const offer = succeeded(await enroll(iam, assertStep(changed, 'mfa_enrollment_required')));
    succeeded(await confirm(iam, offer.step, totp(offer.secret)));
    await mailbox.next(address, 'mfa_changed');
  });

  test('what cannot be reached is told, and not asked for', async () => {
    const person = await addPerson(off.operator);
    for (const acr_values of ['mfa', 'phr', 'urn:x phr']) {
      const { answer } = await direct.begin(iam, off, person, { acr_values });
      assertProblem(answer, 403, 'assurance_unavailable');
    }
    const { answer } = await direct.begin(iam, off, person, { acr_values: 'mfa pwd', max_age: 0 });
    assert.deepEqual(assurance(succeeded(answer)), PWD);
  });

  test('a step is refused to who sends it badly, and is not used up by that', async () => {
    const tenant = await addStepsTenant(iam, { mfa: 'required' });
    const person = await addPerson(tenant.operator);
    const step = assertStep((await direct.begin(iam, tenant, person)).answer, 'mfa_enrollment_required');
    const bad = [
      [{}, ['/step_token']],
      [{ step_token: 7 }, ['/step_token']],
      [{ step_token: step.token, code: '1' }, ['/code']],
    ];
    for (const [body, wrong] of bad) {
      const problem = assertProblem(await post(iam, '/auth/mfa/enroll', body), 400, 'invalid_request');
      assert.deepEqual(pointers(problem), wrong);
    }
    succeeded(await enroll(iam, step));
  });

  test('the demo user logs in as before', async () => {
    assert.deepEqual(assurance(await tokensOf(iam)), PWD);
  });
});
