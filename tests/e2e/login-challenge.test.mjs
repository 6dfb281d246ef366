// A login at an app's own page, to which Hydra has sent a browser.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addPerson, fresh } from './admin.mjs';
import { Browser, authorization, challengeOf, response } from './browser.mjs';
import { assertProblem, call, payload, pointers, post, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import {
  CALLBACK, MFA, PWD, addStepsTenant, assertStep, assurance, challenge, direct, enrollAtLogin, freshCode, verify,
} from './steps.mjs';

describe('logins at a page of an app', () => {
  let iam, tenant, person;
  before(async () => {
    iam = await startIam();
    tenant = await addStepsTenant(iam);
    person = await addPerson(tenant.operator);
  });
  after(() => iam?.stop());

  /** A page that a browser was sent to. */
  const opened = async (change, client_id = tenant.client_id) => {
    const browser = new Browser(iam);
    const request = authorization(client_id, CALLBACK, change);
    const page = await browser.open(request.path);
    return { browser, request, page, login_challenge: challengeOf(page) };
  };
  const show = (login_challenge) => call(iam, `/auth/login?${new URLSearchParams({ login_challenge })}`);
  const submit = (login_challenge, change) =>
    post(iam, '/auth/login', { login_challenge, username: person.username, password: PASSWORD, ...change });
  const reject = (login_challenge, error) => post(iam, '/auth/login/reject', { login_challenge, error });

  test('the page is told what it has to know', async () => {
    const { login_challenge } = await opened({
      scope: 'openid profile', acr_values: 'mfa pwd', login_hint: 'ali', ui_locales: 'de en', prompt: 'login', max_age: 60,
    });
    const answer = await show(login_challenge);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(succeeded(answer), {
      client: { id: tenant.client_id, name: '', first_party: true },
      tenant: { name: tenant.name, display_name: tenant.name },
      requested_scope: 'openid profile',
      acr_values: ['mfa', 'pwd'],
      prompt: ['login'],
      ui_locales: ['de', 'en'],
      login_hint: 'ali',
      max_age: 60,
    });
    assert.deepEqual(pointersOf(await call(iam, '/auth/login')), ['login_challenge']);
  });

  const pointersOf = (answer) =>
    assertProblem(answer, 400, 'invalid_request').errors.map(({ parameter }) => parameter);

  test('a wrong password leaves the challenge as it is', async () => {
    const { browser, login_challenge } = await opened();
    assertProblem(await submit(login_challenge, { password: 'wrong' }), 401, 'invalid_credentials');
    const { redirect_to } = succeeded(await submit(login_challenge, { tenant: tenant.name, client_id: tenant.client_id }));
    assert.ok(response(await browser.open(redirect_to), CALLBACK).code);
  });

  test('a challenge that is unknown or used is refused', async () => {
    const { browser, login_challenge } = await opened();
    for (const bad of ['nonsense', login_challenge.slice(0, -8)]) {
      assertProblem(await submit(bad), 400, 'invalid_challenge');
      assertProblem(await show(bad), 400, 'invalid_challenge');
      assertProblem(await reject(bad), 400, 'invalid_challenge');
    }
    await browser.open(succeeded(await submit(login_challenge)).redirect_to);
    const again = await submit(login_challenge);
    // Hydra may take it again, but its browser cannot go on twice.
    if (again.status !== 200) assertProblem(again, 400, 'invalid_challenge');
    else assert.equal(response(await browser.open(again.body.redirect_to), CALLBACK).code, undefined);
  });

  test('the tenant and the client are those of the challenge', async () => {
    const other = await addStepsTenant(iam);
    const stranger = await addPerson(other.operator);
    const { login_challenge } = await opened();
    assertProblem(await submit(login_challenge, { tenant: other.name }), 400, 'unknown_client');
    assertProblem(await submit(login_challenge, { client_id: other.client_id }), 400, 'unknown_client');
    assertProblem(await submit(login_challenge, { username: stranger.username }), 401, 'invalid_credentials');
    const problem = assertProblem(await submit(login_challenge, { scope: 'openid' }), 400, 'invalid_request');
    assert.deepEqual(pointers(problem), ['/scope']);
  });

  test('a third-party client sends its users there, and no password itself', async () => {
    const client_id = fresh('partner');
    await tenant.operator.make('clients', { id: client_id, redirect_uris: [CALLBACK], scope: 'openid' });
    const own = await direct.begin(iam, { ...tenant, client_id }, person);
    assertProblem(own.answer, 403, 'unauthorized_client');
    const { login_challenge } = await opened({ scope: 'openid' }, client_id);
    assert.equal(succeeded(await show(login_challenge)).client.first_party, false);
    assert.match(succeeded(await submit(login_challenge)).redirect_to, /login_verifier=/);
  });

  test('who gives up goes back to the client', async () => {
    const { browser, request, login_challenge } = await opened();
    const { redirect_to } = succeeded(await reject(login_challenge));
    const { error, state } = response(await browser.open(redirect_to), CALLBACK);
    assert.deepEqual({ error, state }, { error: 'access_denied', state: request.state });
    const other = await opened();
    const refused = succeeded(await reject(other.login_challenge, 'login_required'));
    assert.equal(response(await other.browser.open(refused.redirect_to), CALLBACK).error, 'login_required');
    assertProblem(await reject(login_challenge, 'no_such_error'), 400, 'invalid_request');
  });

  test('a browser is remembered only if its user wants that', async () => {
    for (const remember of [undefined, false, true]) {
      const { browser, request, login_challenge } = await opened();
      const { redirect_to } = succeeded(await submit(login_challenge, { remember }));
      assert.ok(response(await browser.open(redirect_to), CALLBACK).code);
      const later = await browser.open(authorization(tenant.client_id, CALLBACK).path);
      if (remember) assert.ok(response(later, CALLBACK).code);
      else assert.ok(challengeOf(later), String(request.client_id));
    }
  });

  test('a remembered password is not enough for a second factor', async () => {
    const { browser, login_challenge } = await opened();
    const first = succeeded(await submit(login_challenge, { remember: true }));
    await browser.open(first.redirect_to);
    const flow = await challenge.begin(iam, tenant, person, { acr_values: 'mfa', browser });
    assertStep(flow.answer, 'mfa_enrollment_required');
  });

  test('a remembered second factor is enough for one', async () => {
    const own = await addPerson(tenant.operator);
    const { secret } = await enrollAtLogin(iam, challenge, tenant, own, { acr_values: 'mfa' });
    const flow = await challenge.begin(iam, tenant, own, { remember: true });
    const code = await freshCode(iam, own.id, secret);
    const answer = await verify(iam, assertStep(flow.answer, 'mfa_required'), code);
    const tokens = await challenge.tokens(iam, flow, answer);
    assert.deepEqual(assurance(tokens), MFA);
    const later = await flow.browser.open(authorization(tenant.client_id, CALLBACK, { acr_values: 'mfa' }).path);
    assert.ok(response(later, CALLBACK).code);
  });

  test('what cannot be reached is told to the client', async () => {
    const off = await addStepsTenant(iam, { mfa: 'off' });
    const own = await addPerson(off.operator);
    const flow = await challenge.begin(iam, off, own, { acr_values: 'mfa' });
    const { error } = await challenge.back(flow);
    assert.equal(error, 'unmet_authentication_requirements');
    const enough = await challenge.begin(iam, off, own, { acr_values: 'mfa pwd' });
    assert.deepEqual(assurance(await challenge.tokens(iam, enough)), PWD);
  });

  test('the token says who logged in', async () => {
    const flow = await challenge.begin(iam, tenant, person);
    const { sub, tenant: name } = payload((await challenge.tokens(iam, flow)).access_token);
    assert.deepEqual({ sub, name }, { sub: person.id, name: tenant.name });
  });
});
