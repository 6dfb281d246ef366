// openid-client and oauth4webapi, certified relying parties that we did not write.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { startIam } from '../e2e/harness.mjs';
import { activate, publish, rotationEnv } from './rotation.mjs';
import { POST_LOGOUT_URI, REDIRECT_URI, RESOURCE, scenario } from './scenario.mjs';

// Plain http, since nothing here leaves this machine.
const INSECURE = { [oauth.allowInsecureRequests]: true };

describe('stock clients in JavaScript', () => {
  let iam, here;

  before(async () => {
    iam = await startIam({ env: rotationEnv });
    here = await scenario(iam);
  });
  after(() => iam?.stop());

  const discover = (client, authentication = oidc.None()) =>
    oidc.discovery(new URL(iam.dev.issuer), client.id, client.client_secret, authentication, {
      execute: [oidc.allowInsecureRequests],
    });

  /** The code flow of openid-client; gives tokens, which it has verified. */
  async function codeFlow(config, person, extra = {}, { pushed = false, maxAge } = {}) {
    const verifier = oidc.randomPKCECodeVerifier();
    const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
    const parameters = {
      redirect_uri: REDIRECT_URI,
      scope: 'openid offline_access profile email',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      ...extra,
    };
    const url = pushed
      ? await oidc.buildAuthorizationUrlWithPAR(config, parameters)
      : oidc.buildAuthorizationUrl(config, parameters);
    const back = await person.visit(url);
    assert.ok(back.searchParams.get('iss'), 'RFC 9207: the answer says who it is of');
    return oidc.authorizationCodeGrant(config, back, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      maxAge,
    });
  }

  for (const kind of ['own', 'public', 'confidential']) {
    test(`openid-client goes through all of the code flow as a ${kind} client`, async () => {
      const client = here.clients[kind];
      const method = client.client_secret ? oidc.ClientSecretBasic(client.client_secret) : oidc.None();
      const config = await discover(client, method);
      const person = here.person();
      const tokens = await codeFlow(config, person);
      const claims = tokens.claims();
      assert.equal(claims.tenant, here.tenant);
      const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      assert.equal(info.preferred_username, person.username);
      assert.equal(info.email, `${person.username}@example.com`);
      assert.equal(Boolean(person.asked), kind !== 'own', 'who is not ours is consented to');
      const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      assert.equal(refreshed.claims().sub, claims.sub);
      if (client.client_secret) {
        const { active, sub } = await oidc.tokenIntrospection(config, refreshed.access_token);
        assert.deepEqual({ active, sub }, { active: true, sub: claims.sub });
      }
      await oidc.tokenRevocation(config, refreshed.refresh_token);
      await assert.rejects(oidc.refreshTokenGrant(config, refreshed.refresh_token), { error: 'invalid_grant' });
    });
  }

  test('openid-client pushes its request, and names a resource', async () => {
    const config = await discover(here.clients.public);
    const tokens = await codeFlow(config, here.person(), { resource: RESOURCE }, { pushed: true });
    const { aud } = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'));
    assert.ok([aud].flat().includes(RESOURCE), `aud is ${aud}`);
  });

  test('openid-client signs its assertions, and gets each accepted once', async () => {
    const key = await crypto.subtle.importKey(
      'jwk', here.privateJwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'],
    );
    const config = await discover(here.clients.signed, oidc.PrivateKeyJwt({ key, kid: here.privateJwk.kid }));
    const tokens = await codeFlow(config, here.person(), {}, { pushed: true });
    assert.ok((await oidc.refreshTokenGrant(config, tokens.refresh_token)).access_token);
  });

  test('openid-client steps up to a second factor, and asks for a fresh login', async () => {
    const config = await discover(here.clients.own);
    const person = await here.personWithFactor();
    const extra = { acr_values: 'mfa', max_age: '0', prompt: 'login' };
    const tokens = await codeFlow(config, person, extra, { maxAge: 0 });
    const { acr, amr } = tokens.claims();
    assert.equal(acr, 'mfa');
    assert.deepEqual([...amr].sort(), ['mfa', 'otp', 'pwd']);
  });

  test('openid-client logs out, and nothing of that session goes on', async () => {
    const config = await discover(here.clients.own);
    const person = here.person();
    const tokens = await codeFlow(config, person);
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: POST_LOGOUT_URI,
      state: 'bye-bye-bye',
    });
    const back = await person.visit(url);
    assert.equal(back.href, `${POST_LOGOUT_URI}?state=bye-bye-bye`);
    const silent = oidc.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
      state: oidc.randomState(),
      prompt: 'none',
    });
    const answer = await person.visit(silent);
    assert.equal(answer.searchParams.get('error'), 'login_required');
  });

  test('openid-client gets tokens for itself', async () => {
    const client = here.clients.confidential;
    const config = await discover(client, oidc.ClientSecretBasic(client.client_secret));
    const tokens = await oidc.clientCredentialsGrant(config, { resource: RESOURCE });
    assert.ok(tokens.access_token);
    assert.equal(tokens.refresh_token, undefined);
  });

  test('oauth4webapi verifies access tokens and ID tokens before, while and after keys are rotated', async () => {
    const issuer = new URL(iam.dev.issuer);
    const server = await oauth.processDiscoveryResponse(
      issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...INSECURE }),
    );
    const client = { client_id: here.clients.confidential.id };
    const authentication = oauth.ClientSecretBasic(here.clients.confidential.client_secret);
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: 'code',
      redirect_uri: REDIRECT_URI,
      scope: 'openid offline_access',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    const back = await here.person().visit(url);
    const parameters = oauth.validateAuthResponse(server, client, back, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server, client, authentication, parameters, REDIRECT_URI, verifier, INSECURE,
    );
    const before = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
    const refreshed = async ({ refresh_token }) => {
      const answer = await oauth.refreshTokenGrantRequest(server, client, authentication, refresh_token, INSECURE);
      const tokens = await oauth.processRefreshTokenResponse(server, client, answer);
      assert.ok(tokens.id_token);
      return tokens;
    };
    await publish(iam);
    // The library fills its cache of keys here and not again.
    const cache = {};
    const verified = async ({ access_token }) => {
      const request = new Request('https://orders.example/', { headers: { authorization: `Bearer ${access_token}` } });
      await oauth.validateJwtAccessToken(server, request, server.issuer, { ...INSECURE, [oauth.jwksCache]: cache });
    };
    await verified(before);
    const during = await refreshed(before);
    await activate(iam);
    const after = await refreshed(during);
    for (const tokens of [before, during, after]) await verified(tokens);
  });
});
