// Pushed authorization requests (RFC 9126).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { addPerson, addTenant, fresh, loginTo } from './admin.mjs';
import { Browser, authorization, challengeOf, passwordPage, redeem, response } from './browser.mjs';
import { startIam } from './harness.mjs';

const CALLBACK = 'http://127.0.0.1:3000/callback';
const LOGIN = 'http://127.0.0.1:3000/login';

describe('pushed authorization requests', () => {
  let iam, tenant, alice;
  before(async () => {
    iam = await startIam();
    tenant = await addTenant(iam, fresh('pushed'));
    await tenant.operator.patch(`clients/${tenant.client_id}`, { login_uri: LOGIN });
    alice = loginTo(tenant, (await addPerson(tenant.operator)).username);
  });
  after(() => iam?.stop());

  const request = (change) => authorization(tenant.client_id, CALLBACK, change);

  async function push(query, headers = {}) {
    const answer = await fetch(new URL('/oauth2/par', iam.baseUrl), { method: 'POST', body: query, headers });
    assert.match(answer.headers.get('cache-control'), /no-store/);
    return { status: answer.status, body: await answer.json() };
  }

  const link = (request_uri, client_id = tenant.client_id) =>
    `/oauth2/auth?${new URLSearchParams({ client_id, request_uri })}`;

  async function pushed(asked) {
    const { status, body } = await push(asked.query);
    assert.equal(status, 201, JSON.stringify(body));
    assert.match(body.request_uri, /^urn:ietf:params:oauth:request_uri:[\w-]{43}$/);
    assert.ok(body.expires_in >= 5 && body.expires_in <= 600);
    return body.request_uri;
  }

  test('a request that was pushed is all that the browser brings', async () => {
    const asked = request({ state: 'pushed', nonce: 'nonce-nonce' });
    const uri = await pushed(asked);
    const browser = new Browser(iam);
    // What is beside it is not looked at.
    const page = await browser.open(`${link(uri)}&scope=admin&state=other&redirect_uri=https://evil.example`);
    const answer = response(await browser.open(await passwordPage(iam, page, alice)), CALLBACK);
    assert.deepEqual([answer.state, answer.iss], ['pushed', iam.dev.issuer]);
    assert.equal((await redeem(iam, asked, answer.code)).status, 200);
  });

  test('it is good once, and for its own client', async () => {
    const uri = await pushed(request());
    challengeOf(await new Browser(iam).open(link(uri)));
    for (const path of [link(uri), link(`${uri}x`), link(await pushed(request()), iam.dev.client_id)]) {
      const answer = await new Browser(iam).request(path);
      assert.deepEqual([answer.status, answer.location, answer.body?.error], [400, undefined, 'invalid_request_uri']);
    }
  });

  test('what is wrong with it is told at once', async () => {
    for (const [change, error] of [
      [{ redirect_uri: 'https://evil.example/' }, 'invalid_request'],
      [{ redirect_uri: undefined }, 'invalid_request'],
      [{ scope: 'admin' }, 'invalid_scope'],
      [{ resource: 'https://evil.example' }, 'invalid_target'],
      [{ code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge: undefined }, 'invalid_request'],
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
      [{ request: 'e30.e30.' }, 'request_not_supported'],
      [{ scope: ['openid', 'openid'] }, 'invalid_request'],
    ]) {
      const { status, body } = await push(request(change).query);
      assert.deepEqual([status, body.error], [400, error], JSON.stringify(change));
      assert.doesNotMatch(JSON.stringify(body), /hydra/i);
    }
    const json = await push('{}', { 'content-type': 'application/json' });
    assert.deepEqual([json.status, json.body.error], [400, 'invalid_request']);
  });

  test('a client proves who it is: with its secret, or with its key', async () => {
    const secretive = await tenant.operator.make('clients', {
      id: fresh('secretive'), redirect_uris: [CALLBACK], scope: 'openid', login_uri: LOGIN,
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const asked = authorization(secretive.id, CALLBACK, { scope: 'openid' });
    const basic = (secret) => ({ authorization: `Basic ${Buffer.from(`${secretive.id}:${secret}`).toString('base64')}` });
    const good = await push(asked.query, basic(secretive.client_secret));
    assert.equal(good.status, 201, JSON.stringify(good.body));
    challengeOf(await new Browser(iam).open(link(good.body.request_uri, secretive.id)));
    for (const headers of [{}, basic('wrong'), basic('')]) {
      const bad = await push(asked.query, headers);
      assert.deepEqual([bad.status, bad.body.error], [401, 'invalid_client']);
    }

    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keyed = await tenant.operator.make('clients', {
      id: fresh('keyed'), redirect_uris: [CALLBACK], scope: 'openid', login_uri: LOGIN,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] },
    });
    const assertion = () => new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'k' }).setIssuer(keyed.id).setSubject(keyed.id)
      .setAudience(`${iam.dev.issuer}/oauth2/token`).setJti(fresh('jti')).setIssuedAt().setExpirationTime('1m')
      .sign(privateKey);
    const by = (client_assertion) => authorization(keyed.id, CALLBACK, {
      scope: 'openid', client_assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }).query;
    const signed = await assertion();
    const proved = await push(by(signed));
    assert.equal(proved.status, 201, JSON.stringify(proved.body));
    const replayed = await push(by(signed));
    assert.deepEqual([replayed.status, replayed.body.error], [401, 'invalid_client']);
    challengeOf(await new Browser(iam).open(link(proved.body.request_uri, keyed.id)));
  });

  test('an unknown client is refused', async () => {
    for (const client_id of ['nobody', undefined]) {
      const { status, body } = await push(request({ client_id }).query);
      assert.deepEqual([status, body.error], [401, 'invalid_client']);
    }
  });

  test('a client that must push its requests cannot send them by the browser', async () => {
    await tenant.operator.patch(`clients/${tenant.client_id}`, { require_pushed_authorization_requests: true });
    const answer = response(await new Browser(iam).open(request().path), CALLBACK);
    assert.equal(answer.error, 'invalid_request');
    const browser = new Browser(iam);
    const asked = request();
    const page = await browser.open(link(await pushed(asked)));
    const { code } = response(await browser.open(await passwordPage(iam, page, alice, { remember: true })), CALLBACK);
    assert.equal((await redeem(iam, asked, code)).status, 200);
    // A login that is not good enough any more begins again with the same request.
    const again = request({ acr_values: 'mfa' });
    challengeOf(await browser.open(link(await pushed(again))));
    await tenant.operator.patch(`clients/${tenant.client_id}`, { require_pushed_authorization_requests: false });
  });
});
