// Consent of a third-party client's users, on the consent page of the tenant's apps.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant, fresh, loginTo, operator } from './admin.mjs';
import { Browser, authorization, challengeOf, passwordPage, payload, redeem, response } from './browser.mjs';
import { assertProblem, call, pointers, post, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

const CALLBACK = 'http://127.0.0.1:3000/callback';
const PAGES = { login_uri: 'http://127.0.0.1:3000/login', consent_uri: 'http://127.0.0.1:3000/consent' };
const SCOPE = 'openid offline_access profile email';

describe('consent', () => {
  let iam, tenant, client_id, alice;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam, fresh('consent'));
    const paged = await operator(iam).patch(`tenants/${tenant.name}`, { settings: { pages: PAGES } });
    assert.equal(paged.status, 200, paged.text);
    client_id = await thirdParty();
    alice = loginTo(tenant, (await addPerson(tenant.operator)).username);
  });
  after(() => iam?.stop());

  async function thirdParty(more = {}) {
    const { id } = await tenant.operator.make('clients', {
      id: fresh('third'), name: 'Third Party', first_party: false, redirect_uris: [CALLBACK], scope: SCOPE, ...more,
    });
    return id;
  }

  const request = (change) => authorization(client_id, CALLBACK, { scope: SCOPE, ...change });
  const answer = (consent_challenge, body) => post(iam, '/auth/consent', { consent_challenge, ...body });
  const question = (challenge) => call(iam, `/auth/consent?consent_challenge=${encodeURIComponent(challenge)}`);

  /** Logs in, and gives the consent challenge. */
  async function asked(browser, change = {}, login = {}) {
    const { client_id: _, ...person } = alice;
    const page = await browser.open(request(change).path);
    const onward = await passwordPage(iam, page, person, login);
    return challengeOf(await browser.open(onward), 'consent');
  }

  const back = async (browser, consent) => response(await browser.open(succeeded(consent).redirect_to), CALLBACK);

  test('the page is told who asks for what, and of whom', async () => {
    const challenge = await asked(new Browser(iam), { ui_locales: 'de en' });
    const { status, body, headers } = await question(challenge);
    assert.deepEqual([status, headers.get('cache-control')], [200, 'no-store']);
    assert.deepEqual(body.client, { client_id, name: 'Third Party' });
    assert.equal(body.user.username, alice.username);
    assert.deepEqual(body.scopes.sort(), SCOPE.split(' ').sort());
    assert.deepEqual([body.resources, body.ui_locales], [[iam.dev.issuer], ['de', 'en']]);
  });

  test('who agrees to a part gives that part', async () => {
    const browser = new Browser(iam);
    const wanted = request();
    const onward = await passwordPage(iam, await browser.open(wanted.path), { ...alice, client_id: undefined });
    const challenge = challengeOf(await browser.open(onward), 'consent');
    const { code, iss } = await back(browser, await answer(challenge, { grant: true, scope: 'openid profile' }));
    assert.equal(iss, iam.dev.issuer);
    const { body } = await redeem(iam, wanted, code);
    assert.deepEqual(body.scope.split(' ').sort(), ['openid', 'profile']);
    assert.equal(body.refresh_token, undefined);
    assert.deepEqual(payload(body.access_token).scope.split(' ').sort(), ['openid', 'profile']);
  });

  test('who does not agree gives nothing', async () => {
    const browser = new Browser(iam);
    const { error, code } = await back(browser, await answer(await asked(browser), { grant: false }));
    assert.deepEqual([error, code], ['access_denied', undefined]);
  });

  test('an answer is good once, and for what was asked', async () => {
    const browser = new Browser(iam);
    const challenge = await asked(browser);
    const beyond = await answer(challenge, { grant: true, scope: 'openid admin' });
    assertProblem(beyond, 400, 'invalid_scope');
    const wrong = assertProblem(await answer(challenge, { grant: 'yes', more: 1 }), 400, 'invalid_request');
    assert.deepEqual(pointers(wrong), ['/grant', '/more']);
    const first = await answer(challenge, { grant: true });
    assert.equal(first.status, 200, first.text);
    assertProblem(await answer(challenge, { grant: true }), 400, 'invalid_challenge');
    assertProblem(await answer(challenge, { grant: false }), 400, 'invalid_challenge');
    assertProblem(await question(challenge), 400, 'invalid_challenge');
    assert.match((await back(browser, first)).code, /./);
  });

  test('of many answers at once one counts', async () => {
    const challenge = await asked(new Browser(iam));
    const answers = await Promise.all([1, 2, 3, 4].map(() => answer(challenge, { grant: true })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
  });

  test('a consent that another browser goes on with is none', async () => {
    const challenge = await asked(new Browser(iam));
    const stranger = await back(new Browser(iam), await answer(challenge, { grant: true }));
    assert.deepEqual([stranger.error, stranger.code], ['access_denied', undefined]);
  });

  test('what was agreed to is remembered if its user wants, and asked again if the client wants', async () => {
    const browser = new Browser(iam);
    const challenge = await asked(browser, {}, { remember: true });
    await back(browser, await answer(challenge, { grant: true, remember: true }));
    const again = response(await browser.open(request().path), CALLBACK);
    assert.match(again.code, /./);
    const silent = response(await browser.open(request({ prompt: 'none' }).path), CALLBACK);
    assert.match(silent.code, /./);
    challengeOf(await browser.open(request({ prompt: 'consent' }).path), 'consent');
  });

  test('prompt=none never shows the page', async () => {
    const browser = new Browser(iam);
    const other = await thirdParty();
    const login = await browser.open(authorization(tenant.client_id, CALLBACK).path);
    response(await browser.open(await passwordPage(iam, login, alice, { remember: true })), CALLBACK);
    const silent = authorization(other, CALLBACK, { scope: SCOPE, prompt: 'none' });
    assert.equal(response(await browser.open(silent.path), CALLBACK).error, 'consent_required');
  });

  test('a client\'s own page comes before the tenant\'s, and a first-party client needs none', async () => {
    const own = await thirdParty({ consent_uri: 'http://127.0.0.1:3000/own?x=1' });
    const browser = new Browser(iam);
    const { client_id: _, ...person } = alice;
    const page = await browser.open(authorization(own, CALLBACK).path);
    const url = await browser.open(await passwordPage(iam, page, person));
    assert.ok(url.href.startsWith('http://127.0.0.1:3000/own?x=1&consent_challenge='), url.href);
    const first = authorization(tenant.client_id, CALLBACK);
    const login = await browser.open(first.path);
    assert.match(response(await browser.open(await passwordPage(iam, login, alice)), CALLBACK).code, /./);
  });

  test('a client without a page is told so', async () => {
    const bare = await addTenant(iam, fresh('pageless'));
    const { id } = await bare.operator.make('clients', {
      id: fresh('third'), redirect_uris: [CALLBACK], scope: 'openid', login_uri: PAGES.login_uri,
    });
    const bob = loginTo(bare, (await addPerson(bare.operator)).username);
    const browser = new Browser(iam);
    const page = await browser.open(authorization(id, CALLBACK, { scope: 'openid' }).path);
    const end = await browser.open(await passwordPage(iam, page, { ...bob, client_id: undefined }));
    assert.equal(response(end, CALLBACK).error, 'server_error');
    assert.match(iam.logs(), new RegExp(`client ${id} has no consent page`));
  });

  test('who was disabled meanwhile is denied', async () => {
    const bob = await addPerson(tenant.operator);
    const browser = new Browser(iam);
    const page = await browser.open(request().path);
    const onward = await passwordPage(iam, page, { ...loginTo(tenant, bob.username), client_id: undefined });
    const challenge = challengeOf(await browser.open(onward), 'consent');
    await tenant.operator.post(`users/${bob.id}:disable`);
    const { error } = await back(browser, await answer(challenge, { grant: true }));
    assert.equal(error, 'access_denied');
  });
});
