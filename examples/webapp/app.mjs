import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Iam, IamError, userOf } from './iam.mjs';
import { fetchOrders } from './orders.mjs';
import { loginPage, messagePage, ordersPage } from './pages.mjs';
import { Sessions, isFromOurPage } from './sessions.mjs';

const STYLE = readFileSync(new URL('style.css', import.meta.url));
const MAX_FORM_BYTES = 16 * 1024;

// What a person is told; all else is told apart in the log only.
const LOGIN_ERRORS = {
  invalid_credentials: 'User name or password is wrong.',
  user_locked: 'This account is locked. Ask whoever manages it to unlock it.',
  user_disabled: 'This account is switched off.',
  tenant_suspended: 'Your organisation’s access is suspended.',
};
const OUTAGE = 'Logging in is not possible right now. Please try again in a moment.';
// By what the URL says, which anybody can write.
const NOTICES = new Map([
  ['logged-out', 'You are logged out.'],
  ['ended', 'Your session has ended. Please log in again.'],
]);

/** The web app as an HTTP server that does not listen yet. */
export function createApp(settings) {
  const app = new App(settings);
  const routes = {
    'GET /': (context) => app.orders(context),
    'GET /login': (context) => app.loginForm(context),
    'POST /login': (context) => app.login(context),
    'POST /renew': (context) => app.renew(context),
    'POST /logout': (context) => app.logout(context),
    'GET /style.css': ({ response }) => send(response, 200, STYLE, 'text/css; charset=utf-8'),
  };
  return createServer(async (request, response) => {
    const [path, query] = request.url.split('?', 2);
    const handler = routes[`${request.method} ${path}`];
    try {
      if (!handler) return sendPage(response, 404, messagePage('Not found', 'There is no such page.'));
      await handler({ request, response, query: new URLSearchParams(query) });
    } catch (error) {
      if (error instanceof FormTooLarge) {
        response.setHeader('connection', 'close');
        return sendPage(response, 413, messagePage('Too large', 'That form is too large.'));
      }
      console.error(error);
      sendPage(response, 500, messagePage('Sorry', 'Something went wrong on our side.'));
    }
  });
}

class App {
  #settings;
  #iam;
  #sessions;

  constructor(settings) {
    this.#settings = settings;
    this.#iam = new Iam(settings);
    this.#sessions = new Sessions(settings);
  }

  async orders({ request, response }) {
    const session = this.#sessions.find(request);
    if (!session?.tokens) return redirect(response, '/login');
    let result;
    try {
      await this.#freshen(session);
      result = await fetchOrders(this.#settings.ordersUrl, session.tokens.accessToken);
      if (result.status === 401) {
        // Revoked, or the clocks disagree: new tokens help, or it is over.
        await this.#refresh(session);
        result = await fetchOrders(this.#settings.ordersUrl, session.tokens.accessToken);
      }
    } catch (error) {
      if (!(error instanceof IamError)) throw error;
      if (!error.isOutage) return this.#over(request, response);
      result = { status: 503 };
    }
    const { csrf, user, tokens } = session;
    sendPage(response, result.status, ordersPage({ csrf, user, expiresAt: tokens.expiresAt, result }));
  }

  loginForm({ request, response, query }) {
    const session = this.#sessions.find(request) ?? this.#sessions.start(request, response);
    if (session.tokens) return redirect(response, '/');
    const notice = NOTICES.get(query.get('notice'));
    sendPage(response, 200, loginPage({ csrf: session.csrf, notice }));
  }

  async login({ request, response }) {
    const form = await readForm(request);
    const session = this.#sessions.find(request);
    if (!isFromOurPage(session, form)) return redirect(response, '/login?notice=ended');
    const username = form.get('username') ?? '';
    try {
      const tokens = await this.#iam.login(username, form.get('password') ?? '');
      this.#sessions.start(request, response, { tokens, user: userOf(tokens) });
      redirect(response, '/');
    } catch (error) {
      if (!(error instanceof IamError)) throw error;
      const { status, alert } = explain(error);
      if (status === 503) response.setHeader('retry-after', '5');
      sendPage(response, status, loginPage({ csrf: session.csrf, alert, username }));
    }
  }

  async renew({ request, response }) {
    const session = this.#sessions.find(request);
    if (!session?.tokens || !isFromOurPage(session, await readForm(request))) return redirect(response, '/');
    try {
      await this.#refresh(session);
    } catch (error) {
      if (!(error instanceof IamError)) throw error;
      if (!error.isOutage) return this.#over(request, response);
    }
    redirect(response, '/');
  }

  async logout({ request, response }) {
    const session = this.#sessions.find(request);
    if (!session?.tokens || !isFromOurPage(session, await readForm(request))) return redirect(response, '/');
    this.#sessions.end(request, response);
    // Else the tokens of a refresh that is under way would outlive the session.
    await session.refreshing?.catch(() => {});
    // Whether iam answers or not, the session here is over.
    await this.#iam.logout(session.tokens.refreshToken).catch((error) => console.error(`logout: ${error.message}`));
    redirect(response, '/login?notice=logged-out');
  }

  async #freshen(session) {
    const lifetime = session.tokens.expiresAt - Date.now();
    if (lifetime < this.#settings.renewBeforeSeconds * 1000) await this.#refresh(session);
  }

  /** Two tabs may want new tokens at once: they share one refresh, for a token is good for one. */
  async #refresh(session) {
    session.refreshing ??= this.#iam
      .refresh(session.tokens.refreshToken)
      .then((tokens) => (session.tokens = tokens))
      .finally(() => (session.refreshing = undefined));
    await session.refreshing;
  }

  #over(request, response) {
    this.#sessions.end(request, response);
    redirect(response, '/login?notice=ended');
  }
}

/** What to tell a person whose login failed. */
function explain(error) {
  if (LOGIN_ERRORS[error.code]) return { status: error.status, alert: LOGIN_ERRORS[error.code] };
  // A user name that cannot be one is a wrong one.
  const wasEntered = error.fields.every((name) => name === 'username' || name === 'password');
  if (error.code === 'invalid_request' && wasEntered) return { status: 401, alert: LOGIN_ERRORS.invalid_credentials };
  console.error(`login: ${error.code} (trace id ${error.traceId})`);
  if (error.isOutage) return { status: 503, alert: OUTAGE };
  return { status: 500, alert: 'Logging in failed on our side. We have been told.' };
}

class FormTooLarge extends Error {}

async function readForm(request) {
  const chunks = [];
  let size = 0;
  // The request is not destroyed on the way out, or its sender would not get to read the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw new FormTooLarge();
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

function redirect(response, location) {
  response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
}

function sendPage(response, status, page) {
  send(response, status, String(page), 'text/html; charset=utf-8');
}

function send(response, status, body, type) {
  response
    .writeHead(status, {
      'content-type': type,
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    })
    .end(body);
}
