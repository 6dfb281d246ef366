// What a password must be like, wherever one is set; breaches are asked about at a real server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { addAccountTenant, addOwner } from './account.mjs';
import { PASSWORD, done, fresh } from './admin.mjs';
import { assertProblem } from './client.mjs';
import { startIam } from './harness.mjs';

const BREACHED = 'hunter2 was my password';

/** A range server, as https://haveibeenpwned.com/API/v3#PwnedPasswords describes it. */
async function startRangeServer() {
  const digest = createHash('sha1').update(BREACHED).digest('hex').toUpperCase();
  const padded = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();
  const asked = [];
  let fails = false;
  const server = createServer((request, response) => {
    asked.push({ method: request.method, url: request.url, headers: request.headers });
    if (fails) return response.writeHead(503).end();
    const prefix = request.url.replace('/range/', '');
    const lines = ['0'.repeat(35) + ':3'];
    for (const [hash, count] of [[digest, 7], [padded, 0]]) {
      if (hash.startsWith(prefix)) lines.push(`${hash.slice(5)}:${count}`);
    }
    response.writeHead(200, { 'content-type': 'text/plain' }).end(lines.join('\r\n'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    asked,
    digest,
    fail: (value) => (fails = value),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

describe('password rules', () => {
  let breaches, iam, tenant, admin;
  before(async () => {
    breaches = await startRangeServer();
    iam = await startIam({
      env: { SPIN_VARIABLE_BREACH_CHECK: 'on', SPIN_VARIABLE_BREACH_CHECK_ORIGIN: breaches.origin },
    });
    tenant = await addAccountTenant(iam, { password: { min_length: 8 } });
    admin = tenant.operator;
  });
  after(async () => {
    await iam?.stop();
    breaches?.close();
  });

  /** Every place where a password is set: gives the code of the rule that `password` breaks. */
  const places = {
    'a new user': async (password, username) =>
      (await admin.post('users', { username: username ?? fresh('u'), password })).body.errors?.[0],
    'a reset': async (password) => {
      const { id } = await admin.make('users', { username: fresh('u') });
      return (await admin.post(`users/${id}:reset-password`, { password })).body?.errors?.[0];
    },
    'an import': async (password) => {
      const line = JSON.stringify({ username: fresh('u'), password });
      const answer = await admin.send('POST', 'users:import', { body: line, type: 'application/x-ndjson' });
      return JSON.parse(answer.text.split('\n')[0]).errors?.[0];
    },
    'the user': async (password) => {
      const { caller } = await addOwner(iam, tenant);
      const body = { current_password: PASSWORD, new_password: password };
      return (await caller.post('/account/password:change', body)).body?.errors?.[0];
    },
  };

  for (const [place, set] of Object.entries(places)) {
    test(`the same rules hold for ${place}`, async () => {
      for (const [password, code] of [
        ['Ab1$x', 'password_too_short'],
        ['PassWord1', 'password_common'],
        ['abcdefgh1234', 'password_sequence'],
        ['tgb7tgb7tgb7', 'password_repeats'],
        [`${tenant.name}!!`, 'password_names'],
        [BREACHED, 'password_breached'],
      ]) {
        const error = await set(password);
        assert.equal(error?.code, code, `${password}: ${JSON.stringify(error)}`);
        assert.ok(!JSON.stringify(error).includes(password));
      }
      // No kinds of characters are wanted.
      assert.equal((await set('purplemonkeysdance')), undefined);
    });
  }

  test('a breach server is told the first five digits and nothing else', async () => {
    assert.ok(breaches.asked.length > 0);
    for (const { method, url, headers } of breaches.asked) {
      assert.equal(method, 'GET');
      assert.match(url, /^\/range\/[0-9A-F]{5}$/);
      assert.equal(headers['add-padding'], 'true');
      assert.equal(headers.authorization, undefined);
    }
    const told = JSON.stringify(breaches.asked);
    assert.ok(!told.includes(breaches.digest.slice(5)) && !told.toLowerCase().includes(breaches.digest.slice(5).toLowerCase()));
  });

  test('without an answer a password is taken, and the operator is told', async () => {
    breaches.fail(true);
    try {
      done(await admin.post('users', { username: fresh('u'), password: BREACHED }));
      assert.match(iam.logs(), /password not looked up in breaches: .*503/);
      assert.ok(!iam.logs().includes(BREACHED));
    } finally {
      breaches.fail(false);
    }
  });

  test('a password is not refused for what is only like a rule', async () => {
    const { username } = await admin.make('users', { username: fresh('quokka') });
    for (const password of [`${username} eats an orange leaf`, PASSWORD, '1234 ducks and 5678 geese', 'ünïcödé grüße an dich']) {
      done(await admin.post('users', { username: fresh('u'), password }));
    }
    assertProblem(await admin.post('users', { username: fresh('u'), password: 'x'.repeat(1025) }), 400, 'invalid_request');
  });
});
