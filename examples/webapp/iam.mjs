// The three calls to iam that an app with its own login page makes.

const PATIENCE_MS = 15_000;

/** What iam answered if it was not what was asked for: `code` is one of docs/errors.md. */
export class IamError extends Error {
  constructor({ code = 'unreachable', status = 503, errors = [], trace_id }) {
    super(code);
    this.code = code;
    this.status = status;
    /** Names of the fields that iam says are wrong. */
    this.fields = errors.map((error) => error.pointer.slice(1));
    this.traceId = trace_id;
  }

  /** Whether trying again later may help. */
  get isOutage() {
    return this.status >= 502 && this.status <= 504;
  }
}

export class Iam {
  #url;
  #tenant;
  #clientId;

  constructor({ iamUrl, tenant, clientId }) {
    this.#url = iamUrl;
    this.#tenant = tenant;
    this.#clientId = clientId;
  }

  async login(username, password) {
    return tokens(await this.#post('/auth/login', { tenant: this.#tenant, username, password }));
  }

  /** The refresh token is used up by this, whoever asks: never ask twice with one. */
  async refresh(refreshToken) {
    return tokens(await this.#post('/auth/refresh', { refresh_token: refreshToken }));
  }

  async logout(token) {
    await this.#post('/auth/logout', { token });
  }

  async #post(path, fields) {
    let response;
    try {
      response = await fetch(new URL(path, this.#url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_id: this.#clientId, ...fields }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new IamError({});
    }
    if (response.status === 204) return undefined;
    // An answer that is not JSON comes from something in between, such as a proxy.
    const body = await response.json().catch(() => ({ status: response.status }));
    if (!response.ok) throw new IamError(body);
    return body;
  }
}

function tokens({ access_token, refresh_token, id_token, expires_in }) {
  return {
    accessToken: access_token,
    refreshToken: refresh_token,
    idToken: id_token,
    expiresAt: Date.now() + expires_in * 1000,
  };
}

/**
 * Who logged in. The ID token came from iam itself and not through the browser, so its signature
 * need not be verified (OIDC Core §3.1.3.7, item 6).
 */
export function userOf({ idToken }) {
  const { preferred_username, tenant } = JSON.parse(Buffer.from(idToken.split('.')[1], 'base64url'));
  return { name: preferred_username, tenant };
}
