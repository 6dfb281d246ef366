// A browser as far as OAuth sees one: it keeps cookies and follows redirects, and runs no scripts.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { payload, post, succeeded } from './client.mjs';

const REDIRECTS = [301, 302, 303, 307, 308];
const LIMIT = 20;

export class Browser {
  #cookies = new Map();

  constructor(iam) {
    this.iam = iam;
  }

  /** One request, whose redirect is not followed; gives `{status, headers, location, text, body}`. */
  async request(url, init = {}) {
    const at = new URL(url, this.iam.baseUrl);
    // Cookies are for us alone: an app's page never gets them.
    const ours = at.origin === new URL(this.iam.baseUrl).origin;
    const headers = new Headers(init.headers);
    if (ours && this.#cookies.size > 0) headers.set('cookie', this.cookies().join('; '));
    const response = await fetch(at, {
      ...init, headers, redirect: 'manual', signal: AbortSignal.timeout(60_000),
    });
    if (ours) response.headers.getSetCookie().forEach((cookie) => this.#keep(cookie));
    const text = await response.text();
    const location = response.headers.get('location');
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      location: location === null ? undefined : new URL(location, at),
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  }

  /**
   * Follows redirects while they lead to us; gives the URL of somebody else's page, which is not
   * fetched, or else the last answer of ours.
   */
  async open(url, init) {
    let answer = await this.request(url, init);
    for (let hops = 0; REDIRECTS.includes(answer.status); hops += 1) {
      assert.ok(hops < LIMIT, `more than ${LIMIT} redirects, the last to ${answer.location}`);
      if (answer.location.origin !== new URL(this.iam.baseUrl).origin) return answer.location;
      answer = await this.request(answer.location);
    }
    return answer;
  }

  /** `name=value` of every cookie it has. */
  cookies() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`);
  }

  #keep(cookie) {
    const [pair, ...attributes] = cookie.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const gone = attributes.some((attribute) => /^max-age=(0|-\d+)$/i.test(attribute));
    if (gone) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** An authorization request with PKCE; `change` replaces parameters, `undefined` takes one away. */
export function authorization(client_id, redirect_uri, change = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = {
    response_type: 'code',
    client_id,
    redirect_uri,
    scope: 'openid offline_access',
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined) query.append(name, one);
  }
  return { verifier, ...parameters, query, path: `/oauth2/auth?${query}` };
}

/** The challenge that an app's page was opened with. */
export function challengeOf(url, step = 'login') {
  assert.ok(url instanceof URL, `no page of an app, but ${url.status}: ${url.text}`);
  const challenge = url.searchParams.get(`${step}_challenge`);
  assert.ok(challenge, `no ${step}_challenge in ${url}`);
  return challenge;
}

/** What the login page of an app does: posts the password, and gives where the browser goes on. */
export async function passwordPage(iam, url, person, more = {}) {
  const { tenant, username, password, client_id } = person;
  const answer = await post(iam, '/auth/login', {
    tenant, username, password, client_id, login_challenge: challengeOf(url), ...more,
  });
  return succeeded(answer).redirect_to;
}

/** The parameters of an authorization response that came to `redirect_uri`. */
export function response(url, redirect_uri) {
  assert.ok(url instanceof URL, `no redirect to the client, but ${url.status}: ${url.text}`);
  assert.equal(url.href.split('?')[0], redirect_uri.split('?')[0]);
  return Object.fromEntries(url.searchParams);
}

/** Redeems a code at the token endpoint. */
export async function redeem(iam, { client_id, redirect_uri, verifier }, code, more = {}) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier, ...more,
  });
  const answer = await fetch(new URL('/oauth2/token', iam.baseUrl), { method: 'POST', body });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

export { payload };
