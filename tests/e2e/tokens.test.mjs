import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { call, payload, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('tokens, as an independent JWT library sees them', () => {
  let iam, keys, tokens;
  before(async () => {
    iam = await startIam();
    keys = createRemoteJWKSet(new URL(iam.dev.jwks_uri));
    tokens = await tokensOf(iam);
  });
  after(() => iam?.stop());

  const verify = (token, options) =>
    jwtVerify(token, keys, { issuer: iam.dev.issuer, algorithms: ['ES256'], ...options });

  test('the access token is verified with the published keys alone', async () => {
    const { protectedHeader, payload } = await verify(tokens.access_token, { audience: iam.dev.issuer });
    // What Hydra knows the token by, in a claim: some libraries refuse unknown header parameters.
    assert.match(payload.orig_jws, /^[\w-]+\.\.[\w-]+$/);
    assert.equal(protectedHeader.alg, 'ES256');
    assert.match(protectedHeader.kid, /./);
    // RFC 9068 §2.1.
    assert.equal(protectedHeader.typ, 'at+jwt');
    assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
  });

  test('the access token says exactly what the contract says', async () => {
    const { iss, sub, aud, exp, iat, nbf, jti, scope, ...ours } = payload(tokens.access_token);
    assert.equal(iss, iam.dev.issuer);
    assert.equal(iss, iam.baseUrl);
    assert.match(sub, UUID_V7);
    assert.deepEqual(aud, [iam.dev.issuer]);
    assert.match(jti, UUID);
    assert.deepEqual(scope.split(' ').sort(), ['offline_access', 'openid', 'profile']);
    const now = Math.floor(Date.now() / 1000);
    assert.ok([iat, exp, nbf].every(Number.isInteger));
    assert.ok(Math.abs(now - iat) <= 5, `iat ${iat}, now ${now}`);
    assert.equal(nbf, iat);
    assert.ok(Math.abs(exp - iat - 900) <= 1, `${exp - iat} s`);
    assert.ok(Math.abs(exp - iat - tokens.expires_in) <= 2, `${exp - iat} s and ${tokens.expires_in} s`);
    // Everything else, so that nothing unknown slips in.
    assert.deepEqual(ours, {
      client_id: 'demo-app',
      tenant: 'demo',
      roles: ['clerk'],
      permissions: ['order.read', 'order.write'],
      acr: 'pwd',
      amr: ['pwd'],
    });
  });

  test('the sub is the id of the user, and stays', async () => {
    const { rows } = await iam.db.execute({ sql: 'select id from users where username = ?', args: ['alice'] });
    const again = await tokensOf(iam);
    assert.equal(payload(tokens.access_token).sub, rows[0].id);
    assert.equal(payload(again.access_token).sub, rows[0].id);
    assert.notEqual(payload(again.access_token).jti, payload(tokens.access_token).jti);
  });

  test('the ID token is for the client and names the user', async () => {
    const { payload: claims, protectedHeader } = await verify(tokens.id_token, { audience: iam.dev.client_id });
    assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
    // OIDC Core §3.1.3.6.
    const hash = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16);
    assert.equal(claims.at_hash, hash.toString('base64url'));
    assert.equal(claims.sub, payload(tokens.access_token).sub);
    assert.deepEqual(claims.aud, [iam.dev.client_id]);
    assert.equal(claims.tenant, 'demo');
    assert.equal(claims.preferred_username, 'alice');
    assert.equal(claims.acr, 'pwd');
    assert.deepEqual(claims.amr, ['pwd']);
    assert.ok(Math.abs(claims.auth_time - claims.iat) <= 5);
    // Roles are for services, and go in the access token alone.
    assert.equal(claims.roles, undefined);
    assert.equal(claims.permissions, undefined);
  });

  test('neither token passes for the other', async () => {
    await assert.rejects(verify(tokens.id_token, { audience: iam.dev.issuer }), /aud/);
    await assert.rejects(verify(tokens.access_token, { audience: iam.dev.client_id }), /aud/);
  });

  test('a token that was changed is refused', async () => {
    const [header, body, signature] = tokens.access_token.split('.');
    const forged = Buffer.from(JSON.stringify({ ...payload(tokens.access_token), roles: ['admin'] }));
    const options = { audience: iam.dev.issuer };
    await assert.rejects(verify(`${header}.${forged.toString('base64url')}.${signature}`, options), /signature/);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await assert.rejects(verify(`${none}.${body}.`, options));
  });

  test('the tokens of a refresh are verified and say the same', async () => {
    const renewed = succeeded(await refresh(iam, tokens.refresh_token));
    await verify(renewed.access_token, { audience: iam.dev.issuer });
    await verify(renewed.id_token, { audience: iam.dev.client_id });
    const stable = ({ exp, iat, nbf, jti, ...rest }) => rest;
    assert.deepEqual(stable(payload(renewed.access_token)), stable(payload(tokens.access_token)));
    assert.equal(payload(renewed.id_token).preferred_username, 'alice');
    assert.equal(payload(renewed.id_token).auth_time, payload(tokens.id_token).auth_time);
    assert.equal(renewed.token_type, 'Bearer');
    assert.equal(renewed.status, 'complete');
    tokens = renewed;
  });

  test('the published keys are public, for signatures, and name the token’s key', async () => {
    const answer = await call(iam, '/.well-known/jwks.json');
    const { keys: published } = JSON.parse(answer.text);
    assert.match(answer.headers.get('content-type'), /^application\/(jwk-set\+)?json/);
    assert.match(answer.headers.get('cache-control'), /max-age=\d+/);
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.ok(published.length > 0);
    for (const key of published) {
      assert.deepEqual([key.kty, key.crv, key.alg, key.use], ['EC', 'P-256', 'ES256', 'sig']);
      for (const secret of ['d', 'p', 'q', 'k', 'dp', 'dq', 'qi']) assert.equal(key[secret], undefined);
    }
    const kids = published.map((key) => key.kid);
    assert.equal(new Set(kids).size, kids.length);
    for (const token of [tokens.access_token, tokens.id_token]) {
      assert.ok(kids.includes(decodeProtectedHeader(token).kid));
    }
  });
});
