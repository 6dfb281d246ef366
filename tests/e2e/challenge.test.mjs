// The authorization challenge endpoint (draft-ietf-oauth-first-party-apps): a first-party app gets a
// code without a browser, and redeems it as any other.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addPerson, addTenant, fresh } from './admin.mjs';
import { Browser, challengeOf } from './browser.mjs';
import { call, payload, post, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';
import { addApp, assertOAuthError, basic, form, token } from './oauth.mjs';
import { MFA, PWD, addStepsTenant, assurance, direct, enrollAtLogin, freshCode, wrongCode } from './steps.mjs';

const NEW_PASSWORD = 'staple battery horse correct';

describe('the authorization challenge endpoint', () => {
  let iam, plain, strict;
  before(async () => {
    iam = await startIam();
    plain = await addTenant(iam);
    strict = await addStepsTenant(iam, { mfa: 'required' });
  });
  after(() => iam?.stop());

  const challenge = (fields, headers) => form(iam, 'challenge', fields, headers);
  /** The first request of a login, and the verifier that its code is redeemed by. */
  const asked = (tenant, person, change = {}) => {
    const code_verifier = randomBytes(32).toString('base64url');
    const request = {
      client_id: tenant.client_id,
      response_type: 'code',
      scope: 'openid offline_access',
      code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
      code_challenge_method: 'S256',
      username: person.username,
      password: PASSWORD,
      ...change,
    };
    const given = Object.entries(request).filter(([, value]) => value !== undefined);
    return { request: Object.fromEntries(given), code_verifier };
  };
  const redeem = (tenant, code, code_verifier, more = {}) =>
    token(iam, { grant_type: 'authorization_code', client_id: tenant.client_id, code, code_verifier, ...more });
  /** Checks that a session goes on with these parameters; gives its token. */
  const assertSession = (answer, code, required) => {
    const members = ['code', 'required', 'auth_session'];
    const body = assertOAuthError(answer, 403, 'insufficient_authorization', members);
    assert.deepEqual([body.code, body.required], [code, required]);
    assert.match(body.auth_session, /^[\w-]{43}$/);
    return body.auth_session;
  };
  const refusedAgain = (answer, code) => {
    const body = assertOAuthError(answer, 403, 'insufficient_authorization', ['code', 'required']);
    assert.deepEqual([body.code, body.required], [code, ['username', 'password']]);
  };
  const enrolled = async () => {
    const person = await addPerson(strict.operator);
    return { ...person, ...(await enrollAtLogin(iam, direct, strict, person)) };
  };
  const toCode = async (person, change) => {
    const { request, code_verifier } = asked(strict, person, change);
    const session = assertSession(await challenge(request), 'mfa_required', ['otp']);
    return { session, code_verifier };
  };
  const withCode = (session, otp, client_id = strict.client_id) =>
    challenge({ client_id, auth_session: session, otp });

  test('the metadata name it', async () => {
    const { body } = await call(iam, '/.well-known/oauth-authorization-server');
    assert.equal(body.authorization_challenge_endpoint, `${iam.dev.issuer}/oauth2/challenge`);
  });

  test('a password gives a code, and the code tokens, once and to its verifier', async () => {
    const person = await addPerson(plain.operator);
    const { request, code_verifier } = asked(plain, person);
    const answer = await challenge(request);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const { authorization_code, ...rest } = succeeded(answer);
    assert.deepEqual(rest, {});
    const tokens = succeeded(await redeem(plain, authorization_code, code_verifier));
    assert.deepEqual(assurance(tokens), PWD);
    assert.equal(payload(tokens.access_token).sub, person.id);
    assert.equal(payload(tokens.access_token).tenant, plain.name);
    const refreshed = { grant_type: 'refresh_token', client_id: plain.client_id, refresh_token: tokens.refresh_token };
    succeeded(await token(iam, refreshed));
    assertOAuthError(await redeem(plain, authorization_code, code_verifier), 400, 'invalid_grant');
  });

  test('without its verifier a code is worth nothing', async () => {
    const person = await addPerson(plain.operator);
    for (const verifier of [randomBytes(32).toString('base64url'), undefined]) {
      const { authorization_code } = succeeded(await challenge(asked(plain, person).request));
      const fields = { grant_type: 'authorization_code', client_id: plain.client_id, code: authorization_code };
      const answer = await token(iam, verifier ? { ...fields, code_verifier: verifier } : fields);
      assertOAuthError(answer, 400, 'invalid_grant');
    }
  });

  test('a code is of the client that asked for it', async () => {
    const person = await addPerson(plain.operator);
    const other = await addApp(plain, { first_party: true });
    const { request, code_verifier } = asked(plain, person);
    const { authorization_code } = succeeded(await challenge(request));
    const stolen = await redeem({ client_id: other.id }, authorization_code, code_verifier);
    assertOAuthError(stolen, 400, 'invalid_grant');
  });

  test('who does not say who logs in is told to', async () => {
    const { request } = asked(plain, {}, { username: undefined, password: undefined });
    const body = assertOAuthError(await challenge(request), 403, 'insufficient_authorization', ['required']);
    assert.deepEqual(body.required, ['username', 'password']);
  });

  test('a wrong password and a user who does not exist are the same answer', async () => {
    const person = await addPerson(plain.operator);
    const wrong = await challenge(asked(plain, person, { password: 'wrong' }).request);
    const nobody = await challenge(asked(plain, { username: fresh('nobody') }).request);
    refusedAgain(wrong, 'invalid_credentials');
    assert.equal(nobody.text, wrong.text);
    assert.equal(nobody.status, wrong.status);
  });

  test('a second factor is asked for in a session', async () => {
    const person = await enrolled();
    const { session, code_verifier } = await toCode(person);
    const code = await freshCode(iam, person.id, person.secret);
    const { authorization_code } = succeeded(await withCode(session, code));
    assert.deepEqual(assurance(succeeded(await redeem(strict, authorization_code, code_verifier))), MFA);
  });

  test('a recovery code will do', async () => {
    const person = await enrolled();
    const { session } = await toCode(person);
    succeeded(await withCode(session, person.recovery_codes[0]));
  });

  test('a session is good for one answer, which gives the next', async () => {
    const person = await enrolled();
    const { session } = await toCode(person);
    const next = assertSession(await withCode(session, wrongCode(person.secret)), 'invalid_code', ['otp']);
    assert.notEqual(next, session);
    const code = await freshCode(iam, person.id, person.secret);
    assertOAuthError(await withCode(session, code), 400, 'invalid_session', ['code']);
    succeeded(await withCode(next, code));
    assertOAuthError(await withCode(next, code), 400, 'invalid_session', ['code']);
  });

  test('of many who use one session at once, one gets on', async () => {
    const person = await enrolled();
    const { session } = await toCode(person);
    const code = await freshCode(iam, person.id, person.secret);
    const answers = await Promise.all(Array.from({ length: 8 }, () => withCode(session, code)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  });

  test('after five wrong codes the login begins again', async () => {
    const person = await enrolled();
    let { session } = await toCode(person);
    for (let tries = 1; tries < 5; tries += 1) {
      session = assertSession(await withCode(session, wrongCode(person.secret)), 'invalid_code', ['otp']);
    }
    refusedAgain(await withCode(session, wrongCode(person.secret)), 'invalid_code');
  });

  test('a session is of its client and of this endpoint', async () => {
    const person = await enrolled();
    const other = await addApp(strict, { first_party: true });
    const { session } = await toCode(person);
    const code = await freshCode(iam, person.id, person.secret);
    assertOAuthError(await withCode(session, code, other.id), 400, 'invalid_session', ['code']);
    const elsewhere = await post(iam, '/auth/mfa/verify', { step_token: session, code });
    assert.equal(elsewhere.body.code, 'invalid_step');
    const begun = await post(iam, '/auth/login', {
      tenant: strict.name, client_id: strict.client_id, username: person.username, password: PASSWORD,
    });
    const here = await withCode(begun.body.step.token, code);
    assertOAuthError(here, 400, 'invalid_session', ['code']);
    succeeded(await withCode(session, code));
  });

  test('a password that has to be changed is changed in the session', async () => {
    const person = await addPerson(plain.operator);
    succeeded(await plain.operator.post(`users/${person.id}:require-password-change`));
    const { request, code_verifier } = asked(plain, person);
    const session = assertSession(await challenge(request), 'password_change_required', ['new_password']);
    const change = (auth_session, new_password) =>
      challenge({ client_id: plain.client_id, auth_session, new_password });
    const weak = await change(session, 'short');
    assert.deepEqual(weak.body.required, ['new_password']);
    assertOAuthError(weak, 403, 'insufficient_authorization', ['code', 'required', 'auth_session']);
    const { authorization_code } = succeeded(await change(weak.body.auth_session, NEW_PASSWORD));
    succeeded(await redeem(plain, authorization_code, code_verifier));
    refusedAgain(await challenge(request), 'invalid_credentials');
  });

  test('a second factor is enrolled in a browser, which goes on with the same request', async () => {
    const person = await addPerson(strict.operator);
    const { request } = asked(strict, person);
    const members = ['code', 'request_uri', 'expires_in'];
    const body = assertOAuthError(await challenge(request), 403, 'redirect_to_web', members);
    assert.equal(body.code, 'mfa_enrollment_required');
    const query = new URLSearchParams({ client_id: strict.client_id, request_uri: body.request_uri });
    const page = await new Browser(iam).open(`/oauth2/auth?${query}`);
    assert.ok(challengeOf(page));
  });

  test('a third-party client, and one of another tenant, get nothing', async () => {
    const person = await addPerson(plain.operator);
    const other = await addApp(plain, { first_party: false });
    const third = await challenge(asked({ client_id: other.id }, person).request);
    assertOAuthError(third, 400, 'unauthorized_client');
    assertOAuthError(await challenge(asked(plain, person, { tenant: strict.name }).request), 401, 'invalid_client');
    const unknown = await challenge(asked({ client_id: 'nobody' }, person).request);
    assertOAuthError(unknown, 401, 'invalid_client');
    succeeded(await challenge(asked(plain, person, { tenant: plain.name }).request));
  });

  test('a client that has a secret has to show it', async () => {
    const person = await addPerson(plain.operator);
    const client = await addApp(plain, { token_endpoint_auth_method: 'client_secret_basic' });
    const { request } = asked({ client_id: client.id }, person);
    assertOAuthError(await challenge(request), 401, 'invalid_client');
    assertOAuthError(await challenge(request, basic(client.id, 'wrong')), 401, 'invalid_client');
    // First-party clients have none, so this one may be known, and not more.
    const known = await challenge(request, basic(client.id, client.client_secret));
    assertOAuthError(known, 400, 'unauthorized_client');
  });

  test('what is malformed is refused before any password is looked at', async () => {
    const person = await addPerson(plain.operator);
    const refused = async (change, error = 'invalid_request') =>
      assertOAuthError(await challenge(asked(plain, person, change).request), 400, error);
    await refused({ response_type: undefined });
    await refused({ response_type: 'token' });
    await refused({ code_challenge: undefined });
    await refused({ code_challenge: 'short' });
    await refused({ code_challenge_method: 'plain' });
    await refused({ code_challenge_method: undefined });
    await refused({ username: 'a b' });
    await refused({ resource: 'https://api.example/' }, 'invalid_target');
    const beyond = await challenge(asked(plain, person, { scope: 'openid admin' }).request);
    assertOAuthError(beyond, 400, 'invalid_scope', ['code']);
    const { client_id } = plain;
    for (const fields of [{ otp: '1', new_password: 'x' }, {}]) {
      assertOAuthError(await challenge({ client_id, auth_session: 'x', ...fields }), 400, 'invalid_request');
    }
    assertOAuthError(await challenge(`client_id=${client_id}&client_id=${client_id}`), 400, 'invalid_request');
    assertOAuthError(await challenge({ client_id, auth_session: 'x', otp: '1' }), 400, 'invalid_session', ['code']);
  });
});
