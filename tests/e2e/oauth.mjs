// What an OAuth client does at the endpoints behind the browser, and what it expects of the answers.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { PASSWORD, fresh } from './admin.mjs';
import { Browser, authorization, passwordPage, response } from './browser.mjs';
import { call, post, succeeded } from './client.mjs';

export const CALLBACK = 'http://127.0.0.1:3000/callback';
export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Posts a form to an endpoint of /oauth2; `form` is an object, pairs, or text. */
export const form = (iam, endpoint, fields, headers = {}) =>
  call(iam, `/oauth2/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });

export const token = (iam, fields, headers) => form(iam, 'token', fields, headers);

export const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });

/** Checks an error of RFC 6749 §5.2; gives its body. */
export function assertOAuthError(answer, status, error, more = []) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.deepEqual(Object.keys(answer.body).sort(), ['error', 'error_description', ...more].sort());
  assert.equal(answer.body.error, error, answer.text);
  assert.doesNotMatch(answer.text, /hydra|ory\b|fosite/i);
  // RFC 9110 §15.5.2.
  if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic/);
  return answer.body;
}

/** A client that asks for itself, with its secret. */
export const addService = (tenant, change = {}) =>
  tenant.operator.make('clients', {
    id: fresh('service'),
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'orders',
    ...change,
  });

/** A client of the code flow that has pages of its own. */
export const addApp = (tenant, change = {}) =>
  tenant.operator.make('clients', {
    id: fresh('app'),
    redirect_uris: [CALLBACK],
    login_uri: 'http://127.0.0.1:3000/login',
    consent_uri: 'http://127.0.0.1:3000/consent',
    scope: 'openid offline_access profile email phone',
    ...change,
  });

/** Gets a code as the user of a browser does: with a password, and with consent if it is asked for. */
export async function codeFor(iam, tenant, person, client_id, change = {}) {
  const browser = new Browser(iam);
  const request = authorization(client_id, CALLBACK, change);
  const login = await browser.open(request.path);
  const user = { tenant: tenant.name, username: person.username, password: PASSWORD, client_id };
  let page = await browser.open(await passwordPage(iam, login, user));
  const consent_challenge = page instanceof URL && page.searchParams.get('consent_challenge');
  if (consent_challenge) {
    const { redirect_to } = succeeded(await post(iam, '/auth/consent', { consent_challenge, grant: true }));
    page = await browser.open(redirect_to);
  }
  const { code } = response(page, CALLBACK);
  assert.ok(code, String(page));
  return { code, redirect_uri: CALLBACK, code_verifier: request.verifier };
}

/** The form that redeems a code. */
export const codeForm = (code, more = {}) => ({ grant_type: 'authorization_code', ...code, ...more });

/** A key pair, and a JWK set with its public key. */
export async function keyPair(alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg, use: 'sig' };
  return { alg, privateKey, jwks: { keys: [jwk] }, kid: jwk.kid };
}

/** The form parameters of a client assertion (RFC 7523 §2.2). */
export async function assertion(iam, client_id, key, { aud = `${iam.dev.issuer}/oauth2/token`, jti = randomUUID(), ...claims } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT({ iss: client_id, sub: client_id, aud, jti, iat: now, exp: now + 60, ...claims });
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await jwt.setProtectedHeader({ alg: key.alg, kid: key.kid }).sign(key.privateKey),
  };
}
