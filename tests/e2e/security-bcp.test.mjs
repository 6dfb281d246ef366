// Attacks of RFC 9700 (OAuth 2.0 Security Best Current Practice), one by one, each of which must fail.
import assert from 'node:assert/strict';
import { createHash, createHmac, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { POST_LOGOUT_URI, REDIRECT_URI, RESOURCE, scenario } from '../clients/scenario.mjs';
import { call } from './client.mjs';
import { startIam } from './harness.mjs';

const random = () => randomBytes(32).toString('base64url');
const challengeOf = (verifier) => createHash('sha256').update(verifier).digest('base64url');
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));

describe('attacks on OAuth', () => {
  let iam, here;

  before(async () => {
    iam = await startIam();
    here = await scenario(iam);
  });
  after(() => iam?.stop());

  /** An authorization request of a client, with `change` in it; `undefined` takes a parameter away. */
  function request(client, change = {}) {
    const verifier = random();
    const parameters = {
      client_id: client.id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid offline_access',
      state: random(),
      nonce: random(),
      code_challenge: challengeOf(verifier),
      code_challenge_method: 'S256',
      ...change,
    };
    const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
    const url = new URL('/oauth2/auth', iam.baseUrl);
    url.search = new URLSearchParams(given);
    return { url, verifier, state: parameters.state };
  }

  async function codeOf(client, { person = here.person(), ...change } = {}) {
    const { url, verifier, state } = request(client, change);
    const back = await person.visit(url);
    const code = back.searchParams.get('code');
    assert.ok(code, back.href);
    return { code, verifier, state, back };
  }

  /** Posts a form; a confidential client proves itself. */
  function form(path, client, fields) {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const given = Object.entries({ client_id: client.id, ...fields }).filter(([, value]) => value !== undefined);
    if (client.client_secret) {
      headers.authorization = `Basic ${Buffer.from(`${client.id}:${client.client_secret}`).toString('base64')}`;
    }
    return call(iam, path, { method: 'POST', headers, body: new URLSearchParams(given).toString() });
  }

  const redeem = (client, code, code_verifier, change = {}) =>
    form('/oauth2/token', client, {
      grant_type: 'authorization_code', code, code_verifier, redirect_uri: REDIRECT_URI, ...change,
    });

  async function tokensOf(client, change) {
    const { code, verifier } = await codeOf(client, change);
    const answer = await redeem(client, code, verifier);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  function refused(answer, error, status = 400) {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.body.error, error, answer.text);
  }

  const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

  /** Whether any of the three places that take access tokens takes this one. */
  async function accepted(token) {
    const answers = await Promise.all(
      ['/oauth2/userinfo', '/account/profile', '/admin/v1/me'].map((path) => call(iam, path, bearer(token))),
    );
    return answers.map(({ status }) => status);
  }

  test('mix-up: every answer says which server it is of (§4.4)', async () => {
    const good = await codeOf(here.clients.public);
    assert.equal(good.back.searchParams.get('iss'), iam.dev.issuer);
    const { url } = request(here.clients.public, { prompt: 'none' });
    const bad = await here.person().visit(url);
    assert.equal(bad.searchParams.get('error'), 'login_required');
    assert.equal(bad.searchParams.get('iss'), iam.dev.issuer);
  });

  test('code injection: a code is of no use with the verifier of another request (§4.5)', async () => {
    const [stolen, own] = [await codeOf(here.clients.own), await codeOf(here.clients.own)];
    refused(await redeem(here.clients.own, stolen.code, own.verifier), 'invalid_grant');
  });

  test('code injection: a code is of no use to another client, or for another redirect URI (§4.5)', async () => {
    const stolen = await codeOf(here.clients.own);
    refused(await redeem(here.clients.public, stolen.code, stolen.verifier), 'invalid_grant');
    const other = await codeOf(here.clients.own);
    const elsewhere = { redirect_uri: 'https://evil.example/' };
    refused(await redeem(here.clients.own, other.code, other.verifier, elsewhere), 'invalid_grant');
  });

  test('PKCE downgrade: no request goes without S256, and no code without its verifier (§4.8.2)', async () => {
    for (const client of [here.clients.own, here.clients.confidential]) {
      for (const change of [
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_challenge_method: undefined },
        { code_challenge_method: 'plain' },
        { code_challenge: '' },
        { code_challenge: 'short' },
      ]) {
        const back = await here.person().visit(request(client, change).url);
        assert.equal(back.searchParams.get('error'), 'invalid_request', `${JSON.stringify(change)} ${back.href}`);
        assert.equal(back.searchParams.get('code'), null);
      }
      const { code } = await codeOf(client);
      const answer = await redeem(client, code, undefined);
      assert.ok(['invalid_grant', 'invalid_request'].includes(answer.body.error), answer.text);
    }
  });

  test('replay: a code that comes twice ends what it was redeemed for (§4.5, RFC 6749 §4.1.2)', async () => {
    const client = here.clients.own;
    const { code, verifier } = await codeOf(client);
    const first = await redeem(client, code, verifier);
    assert.equal(first.status, 200, first.text);
    refused(await redeem(client, code, verifier), 'invalid_grant');
    const refresh = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
    refused(await form('/oauth2/token', client, refresh), 'invalid_grant');
  });

  test('replay: a refresh token is of no use to another client (§4.14)', async () => {
    const { refresh_token } = await tokensOf(here.clients.own);
    refused(await form('/oauth2/token', here.clients.public, { grant_type: 'refresh_token', refresh_token }), 'invalid_grant');
  });

  test('redirect tricks: only what was registered, to the letter, is gone to (§2.1, §4.1)', async () => {
    for (const redirect_uri of [
      `${REDIRECT_URI}/`,
      `${REDIRECT_URI}/../evil`,
      `${REDIRECT_URI}?next=https://evil.example`,
      `${REDIRECT_URI}#x`,
      `${REDIRECT_URI}%2f..`,
      REDIRECT_URI.toUpperCase(),
      REDIRECT_URI.replace('127.0.0.1', '127.0.0.1.evil.example'),
      REDIRECT_URI.replace('127.0.0.1', 'evil.example@127.0.0.1'),
      REDIRECT_URI.replace('127.0.0.1', 'localhost'),
      REDIRECT_URI.replace('http:', 'https:'),
      'https://evil.example/callback',
      '//evil.example',
      'javascript:alert(1)',
      '/callback',
      '',
    ]) {
      await notSentTo(request(here.clients.own, { redirect_uri }).url, redirect_uri);
    }
    const { url } = request(here.clients.own);
    url.searchParams.append('redirect_uri', 'https://evil.example/');
    await notSentTo(url, 'twice');
    await notSentTo(request({ id: 'nobody' }).url, 'of an unknown client');
  });

  /** Asks at the authorization endpoint; only the tenant's own error page may be where it leads. */
  async function notSentTo(url, what) {
    const response = await fetch(url, { redirect: 'manual' });
    const location = response.headers.get('location') ?? '';
    assert.ok(!location || location.startsWith('https://login.example/error'), `${what}: ${location}`);
    assert.doesNotMatch(response.headers.get('content-type') ?? '', /html/, what);
    if (!location) assert.ok(response.status >= 400 && response.status < 500, `${what}: ${response.status}`);
  }

  test('open redirect: a logout leads nowhere that was not registered (§4.11)', async () => {
    const { id_token } = await tokensOf(here.clients.own);
    for (const [post_logout_redirect_uri, id_token_hint] of [
      ['https://evil.example/', id_token],
      [`${POST_LOGOUT_URI}evil`, id_token],
      [POST_LOGOUT_URI, undefined],
      [POST_LOGOUT_URI, unsigned(id_token)],
    ]) {
      const url = new URL('/oauth2/sessions/logout', iam.baseUrl);
      url.searchParams.set('post_logout_redirect_uri', post_logout_redirect_uri);
      if (id_token_hint) url.searchParams.set('id_token_hint', id_token_hint);
      const location = (await fetch(url, { redirect: 'manual' })).headers.get('location');
      const to = location ? new URL(location, url).href : '';
      assert.ok(!to.startsWith(post_logout_redirect_uri), to);
    }
  });

  test('login CSRF: what one browser began, another cannot finish (§4.7)', async () => {
    const [mine, theirs] = [here.person(), here.person()];
    // The attacker logs in and has the victim's browser take the last steps.
    const { url } = request(here.clients.own);
    const stopped = new Error('stopped');
    const visit = theirs.visit.bind(theirs);
    let stolen;
    theirs.seen.push = function (href) {
      if (href.includes('login_verifier')) {
        stolen = href;
        throw stopped;
      }
      return Array.prototype.push.call(this, href);
    };
    await visit(url).catch((error) => assert.equal(error, stopped));
    assert.ok(stolen, 'there was nothing to steal');
    const response = await fetch(stolen, { redirect: 'manual' });
    const location = new URL(response.headers.get('location') ?? '/', iam.baseUrl);
    assert.equal(location.searchParams.get('code'), null, location.href);
    assert.equal(location.searchParams.get('consent_challenge'), null, location.href);
    assert.equal(mine.cookies.size, 0);
  });

  test('no token leaves by the front channel, and no password grant is there (§2.1.2, §2.4)', async () => {
    for (const response_type of ['token', 'id_token', 'code token', 'id_token token', 'code id_token']) {
      const back = await here.person().visit(request(here.clients.own, { response_type }).url);
      assert.equal(back.searchParams.get('error'), 'unsupported_response_type', `${response_type}: ${back.href}`);
      assert.doesNotMatch(back.href, /access_token|id_token=/);
    }
    const fields = { grant_type: 'password', username: 'a', password: 'b' };
    refused(await form('/oauth2/token', here.clients.own, fields), 'unsupported_grant_type');
  });

  test('an access token in a query is not looked at (§4.3.2)', async () => {
    const { access_token } = await tokensOf(here.clients.own);
    const answer = await call(iam, `/oauth2/userinfo?access_token=${access_token}`);
    assert.equal(answer.status, 401, answer.text);
  });

  test('alg none, HMAC with the public key, and a key that comes along are no signatures', async () => {
    const { access_token } = await tokensOf(here.clients.own);
    const [header, payload, signature] = access_token.split('.');
    const { keys } = await (await fetch(new URL('/.well-known/jwks.json', iam.baseUrl))).json();
    const known = decode(header);
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const signed = (own) => {
      const text = `${encode({ ...known, ...own })}.${payload}`;
      const made = createSign('sha256').update(text).sign({ key: key.privateKey, dsaEncoding: 'ieee-p1363' });
      return `${text}.${made.toString('base64url')}`;
    };
    const hmac = (secret) => {
      const text = `${encode({ ...known, alg: 'HS256' })}.${payload}`;
      return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
    };
    const jwk = { ...key.publicKey.export({ format: 'jwk' }), kid: known.kid, alg: 'ES256' };
    const changed = encode({ ...decode(payload), permissions: ['iam.*'], tenant: 'system' });
    const forged = {
      'alg none': unsigned(access_token),
      'alg None': `${encode({ ...known, alg: 'None' })}.${payload}.`,
      'no signature': `${header}.${payload}.`,
      'another payload': `${header}.${changed}.${signature}`,
      'HMAC with the key set': hmac(JSON.stringify({ keys })),
      'HMAC with the key': hmac(JSON.stringify(keys[0])),
      'a key of its own under our kid': signed({}),
      'a key in the header': signed({ jwk }),
      'a key elsewhere': signed({ jku: 'https://evil.example/jwks.json', x5u: 'https://evil.example/' }),
      'a kid that is a path': signed({ kid: '../../../../dev/null' }),
      'a kid that is SQL': signed({ kid: "' or 1=1 --" }),
      'no kid': signed({ kid: undefined }),
      'ones signature': `${header}.${payload}.${Buffer.alloc(64, 1).toString('base64url')}`,
      'zero signature': `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      'a critical extension': signed({ crit: ['x'], x: 1 }),
    };
    for (const [what, token] of Object.entries(forged)) {
      assert.deepEqual(await accepted(token), [401, 401, 401], what);
    }
    assert.equal((await accepted(access_token))[0], 200);
  });

  test('audience confusion: an ID token, or a token for somebody else, opens nothing here (§2.3)', async () => {
    const tokens = await tokensOf(here.clients.own);
    assert.deepEqual(await accepted(tokens.id_token), [401, 401, 401]);
    assert.deepEqual(await accepted(tokens.refresh_token), [401, 401, 401]);
    const orders = await tokensOf(here.clients.own, { resource: RESOURCE });
    const { aud } = decode(orders.access_token.split('.')[1]);
    assert.deepEqual([aud].flat(), [RESOURCE]);
    const [, account, admin] = await accepted(orders.access_token);
    assert.deepEqual([account, admin], [401, 401]);
  });

  test('client authentication: no other client, method or algorithm gets through', async () => {
    const { confidential, signed, own } = here.clients;
    const grant = { grant_type: 'client_credentials' };
    refused(await form('/oauth2/token', { ...confidential, client_secret: 'wrong' }, grant), 'invalid_client', 401);
    refused(await form('/oauth2/token', { id: confidential.id }, grant), 'invalid_client', 401);
    const inBody = { ...grant, client_secret: confidential.client_secret };
    refused(await form('/oauth2/token', { id: confidential.id }, inBody), 'invalid_client', 401);
    const claims = {
      iss: signed.id, sub: signed.id, aud: iam.dev.issuer, jti: random(), exp: Math.floor(Date.now() / 1000) + 60,
    };
    const assertion = `${encode({ alg: 'none', kid: 'k1' })}.${encode(claims)}.`;
    const asserted = {
      grant_type: 'refresh_token',
      refresh_token: (await tokensOf(own)).refresh_token,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    };
    refused(await form('/oauth2/token', { id: signed.id }, asserted), 'invalid_client', 401);
  });

  test('nothing here is a page, may be kept, or tells more than it must', async () => {
    for (const path of ['/oauth2/auth', '/oauth2/token', '/oauth2/userinfo', '/oauth2/login', '/oauth2/consent', '/oauth2/error?error=x']) {
      const response = await fetch(new URL(path, iam.baseUrl), { redirect: 'manual' });
      const text = await response.text();
      assert.doesNotMatch(response.headers.get('content-type') ?? '', /html/, path);
      assert.doesNotMatch(text, /hydra|ory|fosite|goroutine|sql/i, `${path}: ${text}`);
      assert.match(response.headers.get('cache-control') ?? '', /no-store/, path);
    }
  });
});

/** `token` with `alg: none` and no signature. */
function unsigned(token) {
  const [header, payload] = token.split('.');
  return `${encode({ ...decode(header), alg: 'none' })}.${payload}.`;
}
