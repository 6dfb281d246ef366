// The authorization endpoint, as browsers and clients see it. The first-party client needs no consent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant, fresh, loginTo, operator } from './admin.mjs';
import { Browser, authorization, challengeOf, passwordPage, payload, redeem, response } from './browser.mjs';
import { assertProblem, post, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

const CALLBACK = 'http://127.0.0.1:3000/callback';
const LOGIN = 'http://127.0.0.1:3000/login';
const RESOURCES = ['https://api.example/orders', 'urn:example:stock'];

describe('authorization endpoint', () => {
  let iam, tenant, alice;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam, fresh('browser'));
    await tenant.operator.patch(`clients/${tenant.client_id}`, { login_uri: LOGIN, resources: RESOURCES });
    alice = loginTo(tenant, (await addPerson(tenant.operator)).username);
  });
  after(() => iam?.stop());

  const request = (change) => authorization(tenant.client_id, CALLBACK, change);
  const open = (asked, browser = new Browser(iam)) => browser.open(asked.path);

  /** Logs in by the page and gives the parameters that the client gets. */
  async function grant(asked, { browser = new Browser(iam), remember } = {}) {
    const onward = await passwordPage(iam, await open(asked, browser), alice, { remember });
    return response(await browser.open(onward), CALLBACK);
  }

  /** The parameters of an error at the client. */
  async function refused(asked, error, browser = new Browser(iam)) {
    const answer = response(await open(asked, browser), CALLBACK);
    assert.equal(answer.error, error, answer.error_description);
    assert.match(answer.error_description, /^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    assert.doesNotMatch(answer.error_description, /hydra|ory\b|hint|debug/i);
    assert.equal(answer.iss, iam.dev.issuer);
    assert.equal(answer.code, undefined);
    return answer;
  }

  test('a browser goes to the app\'s login page and comes back with a code that gives tokens', async () => {
    const browser = new Browser(iam);
    const asked = request({ nonce: 'nonce-nonce' });
    const page = await open(asked, browser);
    assert.equal(page.href.split('?')[0], LOGIN);
    const answer = response(await browser.open(await passwordPage(iam, page, alice)), CALLBACK);
    assert.deepEqual(Object.keys(answer).sort(), ['code', 'iss', 'state']);
    assert.deepEqual([answer.state, answer.iss], [asked.state, iam.dev.issuer]);
    const { status, body } = await redeem(iam, asked, answer.code);
    assert.equal(status, 200, JSON.stringify(body));
    const [access, id] = [payload(body.access_token), payload(body.id_token)];
    assert.deepEqual([access.tenant, access.acr, access.aud], [tenant.name, 'pwd', [iam.dev.issuer]]);
    assert.deepEqual([id.nonce, id.aud, id.sub], ['nonce-nonce', [tenant.client_id], access.sub]);
    assert.match(id.sid, /./);
  });

  test('no cookie is ours to read, and nothing is cached', async () => {
    const answer = await new Browser(iam).request(request().path);
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [303, 'no-store']);
    assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
    for (const cookie of answer.headers.getSetCookie()) assert.match(cookie, /HttpOnly/i);
  });

  test('a form is as good as a link', async () => {
    const browser = new Browser(iam);
    const page = await browser.open('/oauth2/auth', { method: 'POST', body: request().query });
    const answer = response(await browser.open(await passwordPage(iam, page, alice)), CALLBACK);
    assert.match(answer.code, /./);
  });

  test('a state may be short, strange or left out', async () => {
    for (const state of ['s', 'a&b=c#"é 🔑', undefined]) {
      const answer = await grant(request({ state }));
      assert.equal(answer.state, state);
      assert.match(answer.code, /./);
      assert.equal((await refused(request({ state, scope: 'admin' }), 'invalid_scope')).state, state);
    }
  });

  test('nobody is sent to a client that is unknown, or to a redirect URI that is not its own', async () => {
    const evil = 'https://evil.example/cb';
    for (const change of [
      { client_id: 'nobody' }, { client_id: undefined }, { client_id: [tenant.client_id, 'x'] }, { client_id: 'a b' },
      { redirect_uri: undefined }, { redirect_uri: evil }, { redirect_uri: `${CALLBACK}/` },
      { redirect_uri: `${CALLBACK}?x=1` }, { redirect_uri: `${CALLBACK}#x` }, { redirect_uri: [CALLBACK, evil] },
      { redirect_uri: 'http://127.0.0.1:3001/callback' }, { redirect_uri: 'http://LOCALHOST:3000/callback' },
      { redirect_uri: 'http://127.0.0.1:3000/callback/../callback' }, { redirect_uri: '//evil.example' },
      { redirect_uri: 'http://127.0.0.1:3000@evil.example/callback' }, { redirect_uri: 'javascript:alert(1)' },
    ]) {
      for (const more of [{}, { scope: 'admin' }, { response_type: 'token' }, { request_uri: evil }]) {
        const asked = request({ ...change, ...more });
        const answer = await new Browser(iam).request(asked.path);
        assert.deepEqual([answer.status, answer.location], [400, undefined], `${asked.path}: ${answer.text}`);
        assert.match(answer.body.error, /^invalid_(client|request)$/);
        assert.doesNotMatch(answer.text, /evil|hydra/i);
      }
    }
  });

  test('an app can show such an error on its own page', async () => {
    const page = 'http://127.0.0.1:3000/oops?from=iam';
    await tenant.operator.patch(`clients/${tenant.client_id}`, { error_uri: page });
    const answer = await new Browser(iam).request(request({ redirect_uri: 'https://evil.example/' }).path);
    assert.equal(answer.status, 303);
    assert.ok(answer.location.href.startsWith(`${page}&error=invalid_request&error_description=`));
    await tenant.operator.patch(`clients/${tenant.client_id}`, { error_uri: null });
  });

  for (const [what, change, error] of [
    ['no response type', { response_type: undefined }, 'invalid_request'],
    ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
    ['the hybrid flow', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['a fragment', { response_mode: 'fragment' }, 'invalid_request'],
    ['a form that posts itself', { response_mode: 'form_post' }, 'invalid_request'],
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['PKCE without a method', { code_challenge_method: undefined }, 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is no digest', { code_challenge: 'x'.repeat(42) }, 'invalid_request'],
    ['a scope beyond the client\'s', { scope: 'openid admin' }, 'invalid_scope'],
    ['no scope', { scope: undefined }, 'invalid_scope'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a request object elsewhere', { request_uri: 'https://evil.example/r' }, 'request_uri_not_supported'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['a repeated parameter', { scope: ['openid', 'openid'] }, 'invalid_request'],
    ['a resource of others', { resource: 'https://api.example/others' }, 'invalid_target'],
    ['a resource beside its own', { resource: [RESOURCES[0], 'https://evil.example'] }, 'invalid_target'],
    ['no page and a login', { prompt: 'none login' }, 'invalid_request'],
    ['a prompt that is none', { prompt: 'create' }, 'invalid_request'],
    ['an age that is none', { max_age: 'old' }, 'invalid_request'],
    ['a nonce that can be guessed', { nonce: '1' }, 'invalid_request'],
    ['a hint that is no ID token', { id_token_hint: 'e30.e30.x' }, 'invalid_request'],
    ['no page, and nobody is logged in', { prompt: 'none' }, 'login_required'],
  ]) {
    test(`${what}: ${error}, told to the client`, async () => {
      const asked = request(change);
      const answer = await refused(asked, error);
      assert.equal(answer.state, asked.state);
    });
  }

  test('tokens are for the resources that were asked for', async () => {
    const asked = request({ resource: RESOURCES });
    const { body } = await redeem(iam, asked, (await grant(asked)).code);
    assert.deepEqual(payload(body.access_token).aud.sort(), [...RESOURCES].sort());
    const meant = request({ audience: 'https://evil.example', resource: iam.dev.issuer });
    const tokens = await redeem(iam, meant, (await grant(meant)).code);
    assert.deepEqual(payload(tokens.body.access_token).aud, [iam.dev.issuer]);
  });

  test('a code is good once, with its verifier, at its redirect URI', async () => {
    const asked = request();
    const { code } = await grant(asked);
    const wrong = await redeem(iam, { ...asked, verifier: 'x'.repeat(43) }, code);
    assert.deepEqual([wrong.status, wrong.body.error], [400, 'invalid_grant']);
    const other = request();
    const good = (await grant(other)).code;
    assert.equal((await redeem(iam, other, good)).status, 200);
    const again = await redeem(iam, other, good);
    assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant']);
  });

  test('a login that another browser goes on with is no login of this one', async () => {
    const [victim, attacker] = [new Browser(iam), new Browser(iam)];
    const asked = request();
    const onward = await passwordPage(iam, await open(asked, attacker), alice);
    const answer = response(await victim.open(onward), CALLBACK);
    assert.deepEqual([answer.error, answer.code], ['access_denied', undefined]);
  });

  test('a verifier that somebody made up leads nowhere, and lets no request pass', async () => {
    for (const name of ['login_verifier', 'consent_verifier']) {
      await refused(request({ [name]: 'x' }), 'access_denied');
      await refused(request({ [name]: 'x', scope: 'admin' }), 'invalid_scope');
      const evil = await new Browser(iam).request(request({ [name]: 'x', redirect_uri: 'https://evil.example/' }).path);
      assert.equal(evil.status, 400);
    }
  });

  describe('a remembered login', () => {
    let browser;
    before(async () => {
      browser = new Browser(iam);
      await grant(request(), { browser, remember: true });
    });

    const silent = async (change) => response(await open(request(change), browser), CALLBACK);
    const page = async (change) => challengeOf(await open(request(change), browser));

    test('needs no page, and says how its user logged in', async () => {
      for (const change of [{}, { prompt: 'none' }, { max_age: 3600 }, { acr_values: 'pwd' }]) {
        const asked = request(change);
        const answer = response(await open(asked, browser), CALLBACK);
        const { body } = await redeem(iam, asked, answer.code);
        const { acr, amr } = payload(body.access_token);
        assert.deepEqual([acr, amr], ['pwd', ['pwd']]);
      }
    });

    test('is not enough where more is wanted', async () => {
      await page({ prompt: 'login' });
      await page({ max_age: 0 });
      const challenge = await page({ acr_values: 'mfa' });
      // The new login has nothing of the old one: anybody may log in.
      const other = await addPerson(tenant.operator);
      const answer = await post(iam, '/auth/login', {
        username: other.username, password: alice.password, login_challenge: challenge,
      });
      assert.deepEqual([answer.status, answer.body.code], [403, 'mfa_enrollment_required'], answer.text);
      await refused(request({ acr_values: 'mfa', prompt: 'none' }), 'login_required', browser);
      await refused(request({ max_age: 0, prompt: 'none' }), 'login_required', browser);
    });

    test('keeps what was asked for when its user has to log in again', async () => {
      await tenant.operator.patch(`clients/${tenant.client_id}`, { require_acr: 'mfa' });
      const url = await open(request({ resource: RESOURCES, state: 's' }), browser);
      challengeOf(url);
      await tenant.operator.patch(`clients/${tenant.client_id}`, { require_acr: null });
      const answer = response(await browser.open(await passwordPage(iam, url, alice, { remember: true })), CALLBACK);
      assert.equal(answer.state, 's');
    });

    test('ends with its user', async () => {
      const gone = new Browser(iam);
      const bob = loginTo(tenant, (await addPerson(tenant.operator)).username);
      const onward = await passwordPage(iam, await open(request(), gone), bob, { remember: true });
      response(await gone.open(onward), CALLBACK);
      const { id } = await tenant.operator.only('users', { username: bob.username });
      await tenant.operator.post(`users/${id}:disable`);
      challengeOf(await open(request(), gone));
      await refused(request({ prompt: 'none' }), 'login_required', gone);
    });

    test('is nobody\'s at another tenant', async () => {
      const other = await addTenant(iam, fresh('neighbour'));
      await other.operator.patch(`clients/${other.client_id}`, { login_uri: LOGIN });
      const theirs = authorization(other.client_id, CALLBACK);
      challengeOf(await open(theirs, browser));
      assert.match((await silent()).code, /./);
    });
  });

  test('a client without a login page is told so, and the operator', async () => {
    const bare = await addTenant(iam, fresh('bare'));
    const answer = response(await open(authorization(bare.client_id, CALLBACK)), CALLBACK);
    assert.equal(answer.error, 'server_error');
    assert.match(iam.logs(), new RegExp(`client ${bare.client_id} has no login page`));
    // The tenant's page is for all its clients.
    const tenants = operator(iam);
    const changed = await tenants.patch(`tenants/${bare.name}`, { settings: { pages: { login_uri: LOGIN } } });
    assert.equal(changed.status, 200, changed.text);
    challengeOf(await open(authorization(bare.client_id, CALLBACK)));
  });

  test('a client of a suspended tenant is unknown', async () => {
    const closed = await addTenant(iam, fresh('closed'));
    const done = await operator(iam).post(`tenants/${closed.name}:suspend`);
    assert.ok(done.status < 300, done.text);
    const answer = await new Browser(iam).request(authorization(closed.client_id, CALLBACK).path);
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_client']);
  });

  test('a challenge that is unknown, of another step, or missing is none', async () => {
    const challenge = challengeOf(await open(request()));
    for (const path of [
      '/oauth2/login', '/oauth2/login?login_challenge=x', `/oauth2/login?login_challenge=${challenge}&login_challenge=x`,
      '/oauth2/consent', `/oauth2/consent?consent_challenge=${challenge}`, '/oauth2/logout?logout_challenge=x',
      '/auth/consent?consent_challenge=x', '/auth/logout?logout_challenge=x',
    ]) {
      const answer = await new Browser(iam).request(path);
      assertProblem(answer, 400, 'invalid_challenge');
    }
    const answer = await post(iam, '/auth/consent', { consent_challenge: challenge, grant: true });
    assertProblem(answer, 400, 'invalid_challenge');
    assertProblem(await post(iam, '/auth/logout', { logout_challenge: challenge }), 400, 'invalid_challenge');
  });

  test('scripts may read answers to a client from its own origins only', async () => {
    const own = 'https://shop.example';
    await tenant.operator.patch(`clients/${tenant.client_id}`, { allowed_origins: [own] });
    const ask = (path, origin, init) => fetch(new URL(path, iam.baseUrl), { ...init, headers: { origin } });
    for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/par', '/oauth2/userinfo']) {
      const preflight = await ask(path, own, { method: 'OPTIONS' });
      assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [204, own]);
      assert.equal(preflight.headers.get('access-control-allow-credentials'), null);
    }
    for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/par']) {
      const body = () => new URLSearchParams({ client_id: tenant.client_id, token: 'x' });
      const mine = await ask(path, own, { method: 'POST', body: body() });
      assert.equal(mine.headers.get('access-control-allow-origin'), own, path);
      assert.match(mine.headers.get('vary'), /Origin/);
      for (const origin of ['https://evil.example', 'null', `${own}:444`]) {
        const theirs = await ask(path, origin, { method: 'POST', body: body() });
        assert.equal(theirs.headers.get('access-control-allow-origin'), null, path);
      }
    }
    const metadata = await ask('/.well-known/openid-configuration', 'https://evil.example');
    assert.equal(metadata.headers.get('access-control-allow-origin'), '*');
  });

  test('what is sent to the browser is never an old redirect', async () => {
    const browser = new Browser(iam);
    const page = await open(request(), browser);
    let answer = await browser.request(succeeded(await post(iam, '/auth/login', {
      username: alice.username, password: alice.password, login_challenge: challengeOf(page),
    })).redirect_to);
    for (; answer.location.origin === new URL(iam.baseUrl).origin; answer = await browser.request(answer.location)) {
      assert.equal(answer.status, 303);
    }
    assert.equal(answer.status, 303);
  });
});
