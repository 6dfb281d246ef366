// Logout of browsers (OIDC RP-Initiated Logout) and its notices to clients (OIDC Back-Channel Logout).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { addPerson, addTenant, fresh, loginTo, operator } from './admin.mjs';
import { Browser, authorization, challengeOf, passwordPage, payload, redeem, response } from './browser.mjs';
import { assertProblem, call, isActive, pointers, post, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';

const CALLBACK = 'http://127.0.0.1:3000/callback';
const BYE = 'http://127.0.0.1:3000/bye?from=iam';
const PAGES = { login_uri: 'http://127.0.0.1:3000/login', logout_uri: 'http://127.0.0.1:3000/logout' };

/** A client's back-channel endpoint; `next()` waits for the next logout token. */
async function receiver() {
  const tokens = [];
  const waiting = [];
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const token = new URLSearchParams(body).get('logout_token');
      if (waiting.length > 0) waiting.shift()(token);
      else tokens.push(token);
      answer.end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${server.address().port}/out`,
    next: () => (tokens.length > 0 ? Promise.resolve(tokens.shift()) : new Promise((resolve) => waiting.push(resolve))),
    received: () => tokens.length,
    close: () => server.close(),
  };
}

describe('logout of browsers', () => {
  let iam, tenant, alice, backchannel;
  before(async () => {
    iam = await startIam();
    backchannel = await receiver();
    tenant = await addTenant(iam, fresh('logout'));
    const changed = await tenant.operator.patch(`clients/${tenant.client_id}`, {
      login_uri: PAGES.login_uri, post_logout_redirect_uris: [BYE],
      backchannel_logout_uri: backchannel.uri, backchannel_logout_session_required: true,
    });
    assert.equal(changed.status, 200, changed.text);
    alice = loginTo(tenant, (await addPerson(tenant.operator)).username);
  });
  after(async () => {
    backchannel?.close();
    await iam?.stop();
  });

  /** A browser that is logged in and remembered, with its tokens. */
  async function loggedIn(client_id = tenant.client_id, person = alice) {
    const browser = new Browser(iam);
    const asked = authorization(client_id, CALLBACK);
    const page = await browser.open(asked.path);
    const onward = await passwordPage(iam, page, { ...person, client_id }, { remember: true });
    const { code } = response(await browser.open(onward), CALLBACK);
    const { body } = await redeem(iam, asked, code);
    return { browser, tokens: body };
  }

  const isLoggedIn = async (browser) => {
    const asked = authorization(tenant.client_id, CALLBACK, { prompt: 'none' });
    return response(await browser.open(asked.path), CALLBACK).error === undefined;
  };

  const endSession = (parameters) => `/oauth2/sessions/logout?${new URLSearchParams(parameters)}`;

  /** Checks a logout token as OIDC Back-Channel Logout §2.6 wants. */
  async function verified(token, sid) {
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', iam.baseUrl));
    const { payload: claims, protectedHeader } = await jwtVerify(token, keys, {
      issuer: iam.dev.issuer, audience: tenant.client_id,
    });
    assert.equal(protectedHeader.alg, 'ES256');
    assert.equal(claims.sid, sid);
    assert.match(claims.jti, /./);
    assert.deepEqual(claims.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
    assert.equal(claims.nonce, undefined);
  }

  test('a client with an ID token ends the session at once, and is told of it', async () => {
    const { browser, tokens } = await loggedIn();
    assert.equal(await isLoggedIn(browser), true);
    const url = await browser.open(endSession({
      id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE, state: 'bye', client_id: tenant.client_id,
    }));
    assert.equal(url.href, `${BYE}&state=bye`);
    await verified(await backchannel.next(), payload(tokens.id_token).sid);
    assert.equal(await isLoggedIn(browser), false);
  });

  test('a form is as good as a link, and without a page to go on to there is an answer', async () => {
    const { browser, tokens } = await loggedIn();
    const body = new URLSearchParams({ id_token_hint: tokens.id_token });
    const answer = await browser.open('/oauth2/sessions/logout', { method: 'POST', body });
    assert.deepEqual([answer.status, answer.body], [200, { status: 'complete' }]);
    await verified(await backchannel.next(), payload(tokens.id_token).sid);
    assert.equal(await isLoggedIn(browser), false);
  });

  test('nobody is sent where the client has not registered', async () => {
    const { browser, tokens } = await loggedIn();
    const hint = tokens.id_token;
    const [header, body, signature] = hint.split('.');
    const forged = `${header}.${Buffer.from(JSON.stringify({ ...payload(hint), sid: 'x' })).toString('base64url')}.${signature}`;
    for (const parameters of [
      { id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example/' },
      { id_token_hint: hint, post_logout_redirect_uri: `${BYE}&x` },
      { post_logout_redirect_uri: BYE },
      { post_logout_redirect_uri: BYE, client_id: tenant.client_id },
      { id_token_hint: hint, client_id: 'another' },
      { id_token_hint: forged, post_logout_redirect_uri: BYE },
      { id_token_hint: `${header}.${body}.`, post_logout_redirect_uri: BYE },
      { id_token_hint: tokens.access_token, post_logout_redirect_uri: BYE },
      { id_token_hint: 'x' },
    ]) {
      const answer = await browser.open(endSession(parameters));
      assert.equal(answer.status, 400, JSON.stringify(parameters));
      assert.equal(answer.body.error, 'invalid_request');
      assert.doesNotMatch(answer.text, /hydra|evil/i);
    }
    assert.equal(await isLoggedIn(browser), true);
    assert.equal(backchannel.received(), 0);
  });

  test('a link that anybody could have made asks the user, on the page of the tenant\'s apps', async () => {
    const { browser, tokens } = await loggedIn();
    const link = endSession({ client_id: tenant.client_id });
    const refused = await browser.open(link);
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_request']);
    const paged = await operator(iam).patch(`tenants/${tenant.name}`, { settings: { pages: PAGES } });
    assert.equal(paged.status, 200, paged.text);
    const challenge = challengeOf(await browser.open(link), 'logout');
    assert.equal(await isLoggedIn(browser), true);
    const question = await call(iam, `/auth/logout?logout_challenge=${challenge}`);
    assert.equal(succeeded(question).user.id, payload(tokens.id_token).sub);
    const agreed = succeeded(await post(iam, '/auth/logout', { logout_challenge: challenge }));
    const answer = await browser.open(agreed.redirect_to);
    assert.deepEqual(answer.body, { status: 'complete' });
    await verified(await backchannel.next(), payload(tokens.id_token).sid);
    assert.equal(await isLoggedIn(browser), false);
  });

  test('a client\'s own page asks also for the client itself', async () => {
    const own = 'http://127.0.0.1:3000/own-logout';
    await tenant.operator.patch(`clients/${tenant.client_id}`, { logout_uri: own });
    const { browser, tokens } = await loggedIn();
    const url = await browser.open(endSession({ id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE }));
    assert.ok(url.href.startsWith(`${own}?logout_challenge=`), url.href);
    const agreed = succeeded(await post(iam, '/auth/logout', { logout_challenge: challengeOf(url, 'logout') }));
    assert.equal((await browser.open(agreed.redirect_to)).href, BYE);
    await verified(await backchannel.next(), payload(tokens.id_token).sid);
    await tenant.operator.patch(`clients/${tenant.client_id}`, { logout_uri: null });
  });

  test('a session that is over is over', async () => {
    const { browser, tokens } = await loggedIn();
    const path = endSession({ id_token_hint: tokens.id_token, post_logout_redirect_uri: BYE });
    assert.equal((await browser.open(path)).href, BYE);
    await backchannel.next();
    assert.equal((await browser.open(path)).href, BYE);
    assert.equal((await new Browser(iam).open('/oauth2/sessions/logout')).status, 200);
  });

  test('a user ends all sessions, and each client is told of each', async () => {
    const bob = loginTo(tenant, (await addPerson(tenant.operator)).username);
    const [first, second] = [await loggedIn(tenant.client_id, bob), await loggedIn(tenant.client_id, bob)];
    const direct = await tokensOf(iam, bob);
    const bystander = await tokensOf(iam, alice);
    const answer = await post(iam, '/auth/logout', { all: true }, { authorization: `Bearer ${direct.access_token}` });
    assert.deepEqual([answer.status, answer.text], [204, '']);
    const sids = [first.tokens, second.tokens, direct].map((tokens) => payload(tokens.id_token).sid);
    const told = [];
    for (const _ of sids) told.push(await backchannel.next());
    assert.deepEqual(told.map((token) => payload(token).sid).sort(), sids.sort());
    for (const token of told) await verified(token, payload(token).sid);
    for (const { refresh_token, access_token } of [first.tokens, second.tokens, direct]) {
      assertProblem(await refresh(iam, refresh_token, tenant.client_id), 401, 'invalid_grant');
      assert.equal(await isActive(iam, access_token), false);
    }
    for (const { browser } of [first, second]) assert.equal(await isLoggedIn(browser), false);
    succeeded(await refresh(iam, bystander.refresh_token, tenant.client_id));
    // The token is no more good for that either.
    const again = await post(iam, '/auth/logout', { all: true }, { authorization: `Bearer ${direct.access_token}` });
    assertProblem(again, 401, 'unauthenticated');
  });

  test('who is nobody ends no sessions', async () => {
    for (const headers of [{}, { authorization: 'Bearer x' }, { authorization: 'Basic eDp5' }, { authorization: `Bearer ${iam.dev.api_key}` }]) {
      assertProblem(await post(iam, '/auth/logout', { all: true }, headers), 401, 'unauthenticated');
    }
    const { access_token } = await tokensOf(iam, alice);
    const wrong = await post(iam, '/auth/logout', { all: false }, { authorization: `Bearer ${access_token}` });
    assert.deepEqual(pointers(assertProblem(wrong, 400, 'invalid_request')), ['/all']);
  });
});
