// The person at the browser, and the login and consent pages of the tenant's app: what no library
// for relying parties brings. It follows redirects by itself, with a cookie jar, and never leaves
// the authorization server but for those pages.
import assert from 'node:assert/strict';
import { done } from '../e2e/admin.mjs';
import { call, post } from '../e2e/client.mjs';

/** Pages that nobody serves: the person only looks at where they were sent. */
export const PAGES = {
  login_uri: 'https://login.example/login',
  consent_uri: 'https://login.example/consent',
  logout_uri: 'https://login.example/logout',
  error_uri: 'https://login.example/error',
};

const HOPS = 20;

export class Person {
  /** `codes` are recovery codes, each good for one login with two factors. */
  constructor(iam, { username, password, codes = [] }) {
    Object.assign(this, { iam, username, password, codes, cookies: new Map(), seen: [] });
  }

  /** Goes to `url`; gives the first URL that is no page of ours and none of the tenant's app. */
  async visit(url) {
    for (let hop = 0, at = new URL(url); hop < HOPS; hop += 1) {
      this.seen.push(at.href);
      if (at.origin === this.iam.baseUrl) at = await this.#follow(at);
      else if (at.href.startsWith(PAGES.login_uri)) at = await this.#login(at);
      else if (at.href.startsWith(PAGES.consent_uri)) at = await this.#consent(at);
      else if (at.href.startsWith(PAGES.logout_uri)) at = await this.#logout(at);
      else return at;
    }
    throw new Error(`sent around in circles: ${this.seen.slice(-HOPS).join('\n')}`);
  }

  async #follow(url) {
    const cookie = [...this.cookies].map((pair) => pair.join('=')).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const location = response.headers.get('location');
    assert.ok(location, `${url.pathname} answered ${response.status}: ${await response.text()}`);
    return new URL(location, url);
  }

  async #login(page) {
    const login_challenge = page.searchParams.get('login_challenge');
    assert.ok(login_challenge, page.href);
    const { username, password } = this;
    let answer = await post(this.iam, '/auth/login', { login_challenge, username, password, remember: true });
    if (answer.status === 403 && answer.body.code === 'mfa_required') {
      const code = this.codes.shift();
      assert.ok(code, 'no recovery code is left');
      answer = await post(this.iam, '/auth/mfa/verify', { step_token: answer.body.step.token, code, method: 'recovery_code' });
    }
    return new URL(done(answer).redirect_to);
  }

  async #consent(page) {
    const consent_challenge = page.searchParams.get('consent_challenge');
    const url = `/auth/consent?${new URLSearchParams({ consent_challenge })}`;
    this.asked = done(await call(this.iam, url));
    return new URL(done(await post(this.iam, '/auth/consent', { consent_challenge, grant: true })).redirect_to);
  }

  async #logout(page) {
    const logout_challenge = page.searchParams.get('logout_challenge');
    return new URL(done(await post(this.iam, '/auth/logout', { logout_challenge })).redirect_to);
  }
}
