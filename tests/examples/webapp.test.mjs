import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startIam } from '../e2e/harness.mjs';
import { startSwitch } from '../e2e/switch.mjs';
import { html } from '../../examples/webapp/html.mjs';
import { startOrders, startWebapp } from './stack.mjs';

test('a template escapes what is put in it, but not its own kind', () => {
  const evil = `<a href="x" title='y'>&`;
  assert.equal(String(html`<p>${evil}</p>`), '<p>&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;</p>');
  assert.equal(String(html`${html`<b>${1}</b>`}${[html`<i>`, '<']}${undefined}${false}${null}`), '<b>1</b><i>&lt;');
});

describe('the sample web app, below the browser', () => {
  let iam, orders, app, wire, behindWire;

  before(async () => {
    iam = await startIam();
    orders = await startOrders(iam);
    app = await startWebapp(iam, orders);
    // The same app, but with a wire to iam that can be cut, and tokens that always look old.
    wire = await startSwitch();
    wire.target(iam.baseUrl);
    const devJson = join(iam.dir, 'wire.json');
    writeFileSync(devJson, JSON.stringify({ ...iam.dev, base_url: wire.origin }));
    behindWire = await startWebapp(iam, orders, { IAM_DEV_JSON: devJson, RENEW_BEFORE_SECONDS: '3600' });
  });
  after(async () => {
    await app?.stop();
    await behindWire?.stop();
    await orders?.stop();
    await iam?.stop();
    await wire?.cut();
  });

  /** A browser as far as this needs one: it keeps the session cookie and follows nothing. */
  function visitor({ url }) {
    let cookie = '';
    const ask = async (path, init = {}) => {
      const response = await fetch(url + path, { redirect: 'manual', ...init, headers: { cookie } });
      const setCookie = response.headers.get('set-cookie');
      if (setCookie) cookie = setCookie.split(';')[0];
      const { status, headers } = response;
      return { status, headers, location: headers.get('location'), setCookie, text: await response.text() };
    };
    const csrf = async (path) => (await ask(path)).text.match(/name="csrf" value="([^"]+)"/)[1];
    const submit = (path, fields) => ask(path, { method: 'POST', body: new URLSearchParams(fields) });
    return {
      ask,
      csrf,
      submit,
      cookie: () => cookie,
      logIn: async (password = iam.dev.password) =>
        submit('/login', { csrf: await csrf('/login'), username: iam.dev.username, password }),
    };
  }

  test('the session cookie is HttpOnly and SameSite, and Secure where it is told to be', async () => {
    assert.match((await visitor(app).ask('/login')).setCookie, /^session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const secure = await startWebapp(iam, orders, { SECURE_COOKIE: '1' });
    assert.match((await visitor(secure).ask('/login')).setCookie, /; Secure$/);
    await secure.stop();
  });

  test('a login starts a session under a new id', async () => {
    const alice = visitor(app);
    await alice.ask('/login');
    const before = alice.cookie();
    assert.deepEqual([(await alice.logIn()).location, (await alice.ask('/')).status], ['/', 200]);
    assert.notEqual(alice.cookie(), before);
    const attacker = await fetch(app.url, { redirect: 'manual', headers: { cookie: before } });
    assert.equal(attacker.headers.get('location'), '/login');
  });

  test('a form without the CSRF token of its session does nothing', async () => {
    const alice = visitor(app);
    const { username, password } = iam.dev;
    const theirs = await visitor(app).csrf('/login');
    for (const csrf of [undefined, '', 'x', theirs]) {
      await alice.ask('/login');
      const answer = await alice.submit('/login', { ...(csrf === undefined ? {} : { csrf }), username, password });
      assert.equal(answer.location, '/login?notice=ended');
      assert.equal((await alice.ask('/')).location, '/login');
    }
    await alice.logIn();
    await alice.submit('/logout', { csrf: 'x' });
    await alice.submit('/renew', {});
    assert.equal((await alice.ask('/')).status, 200);
  });

  test('no page can be framed, run a script or be kept by a cache', async () => {
    for (const path of ['/login', '/nowhere', '/style.css']) {
      const { headers } = await visitor(app).ask(path);
      assert.match(headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
    }
  });

  test('a notice is one of the app’s own, whatever the URL says', async () => {
    assert.match((await visitor(app).ask('/login?notice=logged-out')).text, /You are logged out/);
    for (const notice of ['constructor', '__proto__', '<b>', '']) {
      assert.doesNotMatch((await visitor(app).ask(`/login?notice=${notice}`)).text, /role="status"/);
    }
  });

  test('a form that is too large, and a path that is none, are refused', async () => {
    const large = await visitor(app).ask('/login', { method: 'POST', body: 'x'.repeat(1_000_000) });
    assert.equal(large.status, 413);
    for (const path of ['/login/', '//', '/../etc/passwd', '/%00']) {
      assert.equal((await visitor(app).ask(path)).status, 404, path);
    }
  });

  test('an old access token is renewed on the way, once for ten tabs at once', async () => {
    const alice = visitor(behindWire);
    await alice.logIn();
    for (let round = 0; round < 3; round += 1) {
      const pages = await Promise.all(Array.from({ length: 10 }, () => alice.ask('/')));
      assert.deepEqual([...new Set(pages.map((page) => page.status))], [200]);
    }
  });

  test('an iam that is out of reach: the login says so, a session survives it', async () => {
    const alice = visitor(behindWire);
    await alice.logIn();
    await wire.cut();
    try {
      const page = await alice.ask('/');
      assert.equal(page.status, 503);
      assert.match(page.text, /cannot be shown right now/);
      const stranger = await visitor(behindWire).logIn();
      assert.equal(stranger.status, 503);
      assert.match(stranger.headers.get('retry-after'), /^\d+$/);
      assert.match(stranger.text, /not possible right now/);
      assert.ok(!stranger.text.includes(iam.dev.password));
    } finally {
      await wire.mend();
    }
    assert.equal((await alice.ask('/')).status, 200);
  });

  test('an orders service that is out of reach is not the end of the session', async () => {
    const nowhere = await startWebapp(iam, { url: 'http://127.0.0.1:1' });
    const alice = visitor(nowhere);
    await alice.logIn();
    const page = await alice.ask('/');
    assert.equal(page.status, 503);
    assert.match(page.text, /cannot be shown right now/);
    await nowhere.stop();
  });

  test('its log has no password and no token', async () => {
    await visitor(app).logIn();
    await visitor(app).logIn('a-wrong-password');
    for (const text of [app.logs(), behindWire.logs(), orders.logs()]) {
      assert.doesNotMatch(text, /eyJ|ory_|a-wrong-password/);
      assert.ok(!text.includes(iam.dev.password));
    }
    // The file that the examples read is the only place that has it.
    assert.ok(readFileSync(join(iam.dir, 'dev.json'), 'utf8').includes(iam.dev.password));
  });
});
