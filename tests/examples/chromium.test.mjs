import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium } from 'playwright-core';
import { addUser, giveRole, removeRoles, setUserStatus } from '../e2e/fixtures.mjs';
import { ROOT, startIam } from '../e2e/harness.mjs';
import { startOrders, startWebapp } from './stack.mjs';

const SCREENSHOTS = join(ROOT, 'target/screenshots');
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

describe('the sample app in a real browser', () => {
  let iam, orders, app, browser, page, aliceId;
  const requested = new Set();

  before(async () => {
    iam = await startIam();
    orders = await startOrders(iam);
    app = await startWebapp(iam, orders);
    const { rows } = await iam.db.execute({ sql: 'select id from users where username = ?', args: [iam.dev.username] });
    aliceId = rows[0].id;
    const program = execFileSync(join(ROOT, 'tools/chromium.sh'), { encoding: 'utf8' }).trim();
    browser = await chromium.launch({ executablePath: program, args: FLAGS });
    page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(15_000);
    page.on('request', (request) => requested.add(new URL(request.url()).origin));
  });
  after(async () => {
    await browser?.close();
    await app?.stop();
    await orders?.stop();
    await iam?.stop();
  });

  /** A step of one visit: if it fails, there is a picture of what the browser showed. */
  function step(name, body) {
    test(name, async (t) => {
      try {
        await body(t);
      } catch (error) {
        mkdirSync(SCREENSHOTS, { recursive: true });
        const path = join(SCREENSHOTS, `${name.replace(/\W+/g, '-')}.png`);
        await page?.screenshot({ path, fullPage: true });
        t.diagnostic(`what the browser showed at ${page?.url()}: ${path}`);
        throw error;
      }
    });
  }

  const path = () => new URL(page.url()).pathname;
  const alert = () => page.getByRole('alert').textContent();

  /** Presses a button; gives the status of the page that it leads to. */
  async function press(name) {
    const isPage = (response) => response.request().isNavigationRequest() && response.status() !== 303;
    const [response] = await Promise.all([page.waitForResponse(isPage), page.getByRole('button', { name }).click()]);
    await page.waitForLoadState();
    return response.status();
  }

  async function logIn(username, password) {
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(password);
    return press('Log in');
  }

  step('whoever opens the app is sent to the app’s own login page', async () => {
    await page.goto(app.url);
    assert.equal(page.url(), `${app.url}/login`);
    assert.equal(await page.title(), 'Log in · Order desk');
  });

  step('a wrong password shows the app’s own error and keeps the name, not the password', async () => {
    assert.equal(await logIn(iam.dev.username, 'wrong'), 401);
    assert.equal(await alert(), 'User name or password is wrong.');
    assert.equal(await page.getByLabel('User name').inputValue(), iam.dev.username);
    assert.equal(await page.getByLabel('Password').inputValue(), '');
    // A name that cannot be one is no other case.
    assert.equal(await logIn('no such name', 'wrong'), 401);
    assert.equal(await alert(), 'User name or password is wrong.');
  });

  step('a locked user is told so', async () => {
    const id = await addUser(iam, 'lena', { status: 'locked' });
    assert.equal(await logIn('lena', iam.dev.password), 403);
    assert.match(await alert(), /locked/);
    await setUserStatus(iam, id, 'active');
  });

  step('what was entered is shown as text, whatever it is', async () => {
    const name = '"><img src=x onerror=alert(1)>';
    await logIn(name, 'wrong');
    assert.equal(await page.getByLabel('User name').inputValue(), name);
    assert.equal(await page.locator('img').count(), 0);
  });

  step('the right password shows the orders', async () => {
    assert.equal(await logIn(iam.dev.username, iam.dev.password), 200);
    assert.equal(path(), '/');
    assert.equal(await page.locator('tbody tr').count(), 3);
    const table = await page.locator('tbody').innerText();
    for (const text of ['2026-0107', 'Bäckerei Hofmann', 'Smith & Sons <Ltd>', '€382.80']) {
      assert.ok(table.includes(text), `${text} is not in ${table}`);
    }
    assert.match(await page.locator('header').innerText(), /alice at demo/);
  });

  step('no token and no password reaches the browser', async () => {
    const cookies = await page.context().cookies();
    assert.equal(cookies.length, 1);
    assert.deepEqual([cookies[0].httpOnly, cookies[0].sameSite], [true, 'Lax']);
    const kept = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.equal(kept, '{}');
    const shown = await page.content();
    assert.doesNotMatch(shown, /eyJ|ory_/);
    assert.ok(!shown.includes(iam.dev.password));
    assert.deepEqual([...requested], [app.url], 'the browser talks to the app alone');
  });

  step('a role that is taken away: after a renewal the service says 403, and the app shows it', async () => {
    await removeRoles(iam, aliceId);
    // The token from before still says that she may.
    await page.reload();
    assert.equal(await page.locator('tbody tr').count(), 3);
    assert.equal(await press('Renew now'), 403);
    assert.match(await alert(), /You may not see the orders.*order\.read/s);
    assert.equal(await page.locator('table').count(), 0);
  });

  step('a role that is given: after a renewal the orders are there', async () => {
    await giveRole(iam, aliceId, 'clerk');
    assert.equal(await press('Renew now'), 200);
    assert.equal(await page.locator('tbody tr').count(), 3);
  });

  step('a logout ends it, for the browser’s history and an old cookie too', async () => {
    const cookies = await page.context().cookies();
    await press('Log out');
    assert.equal(path(), '/login');
    assert.equal(await page.getByRole('status').textContent(), 'You are logged out.');
    await page.goBack();
    assert.equal(await page.locator('table').count(), 0);
    await page.context().addCookies(cookies);
    await page.goto(app.url);
    assert.equal(path(), '/login');
  });

  step('a user who was disabled is logged out at the next renewal', async () => {
    await page.goto(app.url);
    await logIn('lena', iam.dev.password);
    assert.equal(path(), '/');
    await iam.db.execute({ sql: 'update users set status = ? where username = ?', args: ['disabled', 'lena'] });
    await press('Renew now');
    assert.equal(path(), '/login');
    assert.match(await page.getByRole('status').textContent(), /session has ended/);
  });
});
