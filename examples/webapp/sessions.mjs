import { randomBytes, timingSafeEqual } from 'node:crypto';

const COOKIE = 'session';
const IDLE_MS = 30 * 60 * 1000;
const MOST = 10_000;

/**
 * Sessions in memory. The browser holds a random id in a cookie that no script can read; the tokens
 * never leave the server.
 *
 * A session is `{csrf, tokens?, user?}`; whoever opens the login page gets one without tokens, for
 * its CSRF token.
 */
export class Sessions {
  #sessions = new Map();
  #attributes;

  constructor({ secureCookie }) {
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${secureCookie ? '; Secure' : ''}`;
  }

  /** The session that the request's cookie names, if there is one. */
  find(request) {
    const id = cookieOf(request);
    const session = this.#sessions.get(id);
    if (!session) return undefined;
    // Put at the end: the first is the one that nobody has used for the longest time.
    this.#sessions.delete(id);
    if (session.usedAt + IDLE_MS < Date.now()) return undefined;
    session.usedAt = Date.now();
    this.#sessions.set(id, session);
    return session;
  }

  /** Makes a session under a new id, in place of the one that the request has (session fixation). */
  start(request, response, content = {}) {
    this.#sessions.delete(cookieOf(request));
    if (this.#sessions.size >= MOST) this.#sessions.delete(this.#sessions.keys().next().value);
    const id = randomText();
    const session = { csrf: randomText(), usedAt: Date.now(), ...content };
    this.#sessions.set(id, session);
    response.setHeader('set-cookie', `${COOKIE}=${id}; ${this.#attributes}`);
    return session;
  }

  /** Ends the session of the request. */
  end(request, response) {
    this.#sessions.delete(cookieOf(request));
    response.setHeader('set-cookie', `${COOKIE}=; ${this.#attributes}; Max-Age=0`);
  }
}

/** Whether a form was sent from a page of ours in this session. */
export function isFromOurPage(session, form) {
  const [given, expected] = [Buffer.from(form.get('csrf') ?? ''), Buffer.from(session?.csrf ?? '')];
  return expected.length > 0 && given.length === expected.length && timingSafeEqual(given, expected);
}

function cookieOf(request) {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

const randomText = () => randomBytes(32).toString('base64url');
