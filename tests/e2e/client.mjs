// What a first-party app does, and what it expects of every answer.
import assert from 'node:assert/strict';
import { request } from 'node:http';

/** Posts JSON; gives `{status, headers, text, body}`. */
export async function post(iam, path, body, headers = {}) {
  return call(iam, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export async function call(iam, path, init = {}) {
  const response = await fetch(new URL(path, iam.baseUrl), { signal: AbortSignal.timeout(60_000), ...init });
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  if (!response.ok) assert.ok(!text.includes(iam.dev.password), `an error repeats the password: ${text}`);
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** The body of a good login of the demo user, with `change` in it; `undefined` takes a field away. */
export function loginBody(iam, change = {}) {
  const { tenant, username, password, client_id } = iam.dev;
  return { tenant, username, password, client_id, ...change };
}

export const login = (iam, change) => post(iam, '/auth/login', loginBody(iam, change));

/** Logs in and gives the tokens. */
export async function tokensOf(iam, change) {
  return succeeded(await login(iam, change));
}

export function refresh(iam, refresh_token, client_id = iam.dev.client_id) {
  return post(iam, '/auth/refresh', { client_id, refresh_token });
}

export function logout(iam, token, client_id = iam.dev.client_id) {
  return post(iam, '/auth/logout', { client_id, token });
}

/** Whether Hydra still knows `token` as good. */
export async function isActive(iam, token) {
  const url = new URL('/admin/oauth2/introspect', iam.state.hydra_admin_url);
  const body = new URLSearchParams({ token: originalOf(token) });
  const response = await fetch(url, { method: 'POST', body });
  assert.equal(response.status, 200);
  return (await response.json()).active;
}

/** The token that Hydra issued, for an access token that we signed; any other token as it is. */
export function originalOf(token) {
  const [, content, signature] = token.split('.');
  if (signature === undefined) return token;
  const claims = Buffer.from(content, 'base64url').toString();
  const { orig_jws } = JSON.parse(claims);
  if (orig_jws === undefined) return token;
  // All before our claim, which is the last, stays as it is written.
  const inner = Buffer.from(`${claims.slice(0, claims.lastIndexOf(',"orig_jws"'))}}`).toString('base64url');
  return orig_jws.replace('..', `.${inner}.`);
}

/** The body of a good answer. */
export function succeeded(answer) {
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

/**
 * Checks that `answer` is a problem of RFC 9457 with this status and code; gives its body. What the
 * host refuses by itself, before any component ran, has no trace: `traced: false`.
 */
export function assertProblem(answer, status, code, { traced = true } = {}) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { body } = answer;
  assert.equal(body.code, code, answer.text);
  assert.equal(body.status, status);
  assert.equal(body.type, 'about:blank');
  assert.match(body.title, /\w/);
  assert.match(body.detail, /\w/);
  if (traced) assert.match(body.trace_id, /^[0-9a-f]{32}$/);
  const known = ['type', 'title', 'status', 'code', 'detail', 'errors', 'trace_id'];
  assert.deepEqual(Object.keys(body).filter((name) => !known.includes(name)), []);
  if (status === 503) assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
  return body;
}

/** The pointers of the fields that a problem calls wrong, sorted. */
export const pointers = (problem) => problem.errors.map((error) => error.pointer).sort();

/** The claims of a JWT, unverified; without the one that only the server inside has a use for. */
export function payload(jwt) {
  const { orig_jws, ...claims } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url'));
  return claims;
}

/**
 * Sends a request that `fetch` cannot: a `Host` of one's own, an absolute target, chunks.
 * `write(request)` sends the body and ends it.
 */
export function rawRequest(iam, { path, method = 'POST', headers = {}, write = (r) => r.end(), within = 30_000 }) {
  const { hostname, port } = new URL(iam.baseUrl);
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = request({ hostname, port, path, method, headers, agent: false }, (incoming) => {
      answered = true;
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => (text += chunk));
      incoming.on('end', () => {
        const body = /\bjson\b/.test(incoming.headers['content-type'] ?? '') ? JSON.parse(text) : undefined;
        resolve({ status: incoming.statusCode, headers: new Headers(flat(incoming.headers)), text, body });
        outgoing.destroy();
      });
      incoming.on('error', reject);
    });
    outgoing.setTimeout(within, () => outgoing.destroy(new Error(`no answer within ${within} ms`)));
    // A server that has answered may stop reading.
    outgoing.on('error', (error) => answered || reject(error));
    write(outgoing);
  });
}

const flat = (headers) => Object.entries(headers).map(([name, value]) => [name, String(value)]);
