// How messages leave: signed webhooks, a real SMTP server, a folder; retried, once, and in nobody's way.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import { Caller } from './admin.mjs';
import { eventually, startIam } from './harness.mjs';

const WITHIN = { within: 60_000, every: 100 };
const INVITATION_PAGE = 'https://app.example/welcome?from=mail';

/** An operator's view of a running stack, with a page for invitations. */
async function operatorOf(iam) {
  const operator = new Caller(iam, iam.dev.api_key).on(iam.dev.tenant);
  const settings = { pages: { invitation_uri: INVITATION_PAGE } };
  const changed = await operator.patch(`tenants/${iam.dev.tenant}`, { settings });
  assert.equal(changed.status, 200, changed.text);
  return operator;
}

let count = 0;

/** Makes a user with an address and invites them; gives `{id, email}`. */
async function invite(operator, domain = 'example.com') {
  const username = `invited-${++count}`;
  const email = `${username}@${domain}`;
  const { id } = await operator.make('users', { username, emails: [{ address: email }] });
  const invited = await operator.post(`users/${id}:invite`);
  assert.equal(invited.status, 200, invited.text);
  return { id, email };
}

/** How many messages are in the queue. */
async function queued(iam) {
  const { rows } = await iam.db.execute('select count(*) as n from messages');
  return Number(rows[0].n);
}

/**
 * Makes all that waits due now, as if the time between attempts had passed. What is claimed, for a
 * minute, stays so; the first attempts are less far apart than that.
 */
const hurry = (iam) =>
  iam.db.execute({ sql: 'update messages set due_at = 0 where due_at < ?', args: [Date.now() + 40_000] });

/** A quoted-printable text (RFC 2045 §6.7) of ASCII characters. */
const decoded = (text) =>
  text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

/** Has messages delivered. */
const deliver = (iam, key = iam.state.internal_key) =>
  fetch(new URL('/internal/messages/deliver', iam.baseUrl), {
    method: 'POST',
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
  });

describe('webhooks', () => {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  let iam, operator, receiver;
  /** What came, verified by the library of Standard Webhooks; what the receiver does next. */
  const events = [];
  let mode = 'up';
  const hanging = new Set();

  before(async () => {
    const webhook = new Webhook(secret);
    receiver = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (mode === 'hang') return hanging.add(response);
      if (mode === 'down') return response.writeHead(503).end('later');
      const body = Buffer.concat(chunks).toString();
      try {
        events.push({ id: request.headers['webhook-id'], ...webhook.verify(body, request.headers) });
        return response.writeHead(204).end();
      } catch (error) {
        events.push({ error: error.message });
        return response.writeHead(401).end();
      }
    });
    await once(receiver.listen(0, '127.0.0.1'), 'listening');
    const origin = `http://127.0.0.1:${receiver.address().port}`;
    iam = await startIam({
      env: {
        SPIN_VARIABLE_MAIL_URL: `webhook+${origin}/hook`,
        SPIN_VARIABLE_MAIL_ORIGIN: origin,
        SPIN_VARIABLE_WEBHOOK_SECRET: secret,
      },
    });
    operator = await operatorOf(iam);
  });

  after(async () => {
    for (const response of hanging) response.destroy();
    receiver?.close();
    receiver?.closeAllConnections();
    await iam?.stop();
  });

  const eventTo = (email) => eventually(() => events.find((event) => event.data?.recipient === email), WITHIN);
  const countTo = (email) => events.filter((event) => event.data?.recipient === email).length;

  test('an invitation arrives signed, with a code and a link that brings it', async () => {
    const { id, email } = await invite(operator);
    const { type, data, id: header, timestamp } = await eventTo(email);
    assert.equal(type, 'invitation');
    assert.equal(header, data.id);
    assert.ok(Date.parse(timestamp) <= Date.now());
    assert.deepEqual(
      { user: data.user_id, tenant: data.tenant, channel: data.channel },
      { user: id, tenant: iam.dev.tenant, channel: 'email' },
    );
    assert.match(data.code, /^[\w-]{43}$/);
    assert.equal(data.link, `${INVITATION_PAGE}&code=${data.code}`);
    assert.ok(data.text.includes(data.link) && data.subject.length > 0);
    await eventually(async () => (await queued(iam)) === 0, WITHIN);
    assert.equal(countTo(email), 1);
  });

  test('a receiver that is down gets a message once after it is back', async () => {
    mode = 'down';
    const { email } = await invite(operator);
    await eventually(async () => {
      const { rows } = await iam.db.execute('select attempts from messages');
      return rows.some(({ attempts }) => Number(attempts) >= 2);
    }, WITHIN);
    assert.equal(countTo(email), 0);
    mode = 'up';
    await hurry(iam);
    await eventTo(email);
    await eventually(async () => (await queued(iam)) === 0, WITHIN);
    assert.equal(countTo(email), 1);
  });

  test('no request waits for a receiver that hangs, and nothing is lost', async () => {
    mode = 'hang';
    const invited = [];
    // Each is answered although the receiver has answered none.
    for (let i = 0; i < 3; i += 1) invited.push(await invite(operator));
    await eventually(() => hanging.size > 0, WITHIN);
    invited.push(await invite(operator));
    assert.equal(invited.filter(({ email }) => countTo(email) > 0).length, 0);
    mode = 'up';
    for (const response of hanging) response.destroy();
    hanging.clear();
    for (const { email } of invited) {
      await eventually(async () => {
        if (countTo(email) > 0) return true;
        await hurry(iam);
        return false;
      }, { ...WITHIN, every: 3_000 });
    }
    await eventually(async () => (await queued(iam)) === 0, WITHIN);
  });

  test('of many who deliver at once, each message is sent by one', async () => {
    mode = 'down';
    const invited = [];
    for (let i = 0; i < 8; i += 1) invited.push(await invite(operator));
    mode = 'up';
    await hurry(iam);
    const answers = await Promise.all(Array.from({ length: 6 }, () => deliver(iam)));
    for (const answer of answers) assert.equal(answer.status, 200);
    for (const { email } of invited) await eventTo(email);
    await eventually(async () => (await queued(iam)) === 0, WITHIN);
    for (const { email } of invited) assert.equal(countTo(email), 1, email);
  });

  test('who is erased is not written to', async () => {
    mode = 'down';
    const { id, email } = await invite(operator);
    assert.equal((await operator.remove(`users/${id}`)).status, 204);
    const erased = await operator.send('POST', `users/${id}:erase`);
    assert.ok(erased.status < 300, erased.text);
    assert.equal(await queued(iam), 0);
    mode = 'up';
    assert.equal(countTo(email), 0);
  });

  test('only the key has messages delivered, and others find nothing there', async () => {
    for (const key of [null, '', 'x'.repeat(43), iam.dev.api_key, iam.state.token_hook_key]) {
      assert.equal((await deliver(iam, key)).status, 404);
    }
    const done = await deliver(iam);
    assert.deepEqual(Object.keys(await done.json()), ['sent', 'retried', 'given_up', 'more']);
  });

  test('neither codes nor addresses are in the log or the database', async () => {
    const codes = events.flatMap((event) => (event.data?.code ? [event.data.code] : []));
    assert.ok(codes.length > 5);
    assert.deepEqual(events.filter((event) => event.error), []);
    mode = 'down';
    await invite(operator);
    const { rows } = await iam.db.execute('select content from messages');
    for (const { content } of rows) assert.match(content, /^v1\.k1\.[\w-]+$/);
    const { rows: digests } = await iam.db.execute('select digest from one_time_codes');
    const kept = digests.map(({ digest }) => digest);
    assert.ok(kept.length > 0 && kept.every((digest) => /^[0-9a-f]{64}$/.test(digest)));
    const log = iam.logs() + iam.hydraLogs();
    for (const secret of [...codes, 'invited-1@example.com', iam.state.internal_key]) {
      assert.ok(!log.includes(secret));
    }
    mode = 'up';
  });
});

describe('SMTP', () => {
  let iam, operator, server;
  const mails = [];

  before(async () => {
    server = new SMTPServer({
      authMethods: ['PLAIN', 'LOGIN'],
      // The server is on this machine, where TLS is not asked for.
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'iam@acme.example' && password === 'p@ss/word'
          ? done(null, { user: username })
          : done(new Error('no')),
      onRcptTo: ({ address }, _session, done) => {
        if (!address.endsWith('@gone.example')) return done();
        return done(Object.assign(new Error('no such mailbox'), { responseCode: 550 }));
      },
      onData: (stream, session, done) => {
        const chunks = [];
        stream.on('data', (chunk) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          mails.push({ from: session.envelope.mailFrom.address, to, text: Buffer.concat(chunks).toString() });
          done();
        });
      },
    });
    server.on('error', () => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.server.address();
    iam = await startIam({
      env: {
        IAM_SMTP_URL: `smtp://iam%40acme.example:p%40ss%2Fword@127.0.0.1:${port}`,
        IAM_MAIL_FROM: 'Acme, Inc. <no-reply@acme.example>',
      },
    });
    operator = await operatorOf(iam);
  });

  after(async () => {
    await iam?.stop();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve()));
  });

  test('a mail arrives at an SMTP server, from us and to one', async () => {
    const { email } = await invite(operator);
    const mail = await eventually(() => mails.find(({ to }) => to.includes(email)), WITHIN);
    assert.deepEqual([mail.from, mail.to], ['no-reply@acme.example', [email]]);
    const [head] = mail.text.split('\r\n\r\n', 1);
    const body = mail.text.slice(head.length);
    assert.match(head, /^From: =\?utf-8\?b\?QWNtZSwgSW5jLg==\?= <no-reply@acme\.example>\r?$/m);
    assert.match(head, /^Message-ID: <[0-9a-f-]{36}@acme\.example>\r?$/m);
    assert.match(head, /^Auto-Submitted: auto-generated\r?$/m);
    assert.match(decoded(body), /\r\nhttps:\/\/app\.example\/welcome\?from=mail&code=[\w-]{43}\r\n/);
  });

  test('a name of a tenant adds no header', async () => {
    const text = (name) => ({ display_name: name });
    const changed = await operator.patch(`tenants/${iam.dev.tenant}`, text('Bcc: all@example.com ünd'));
    assert.equal(changed.status, 200, changed.text);
    const { email } = await invite(operator);
    const mail = await eventually(() => mails.find(({ to }) => to.includes(email)), WITHIN);
    const head = mail.text.split('\r\n\r\n', 1)[0];
    assert.doesNotMatch(head, /^Bcc:/m);
    assert.deepEqual(mail.to, [email]);
  });

  test('a mailbox that is not there is given up, and said without its name', async () => {
    const { email } = await invite(operator, 'gone.example');
    await eventually(() => /\(invitation\) is given up after 1 attempts: refused/.test(iam.logs()), WITHIN);
    assert.equal(await queued(iam), 0);
    assert.ok(!iam.logs().includes(email));
  });
});

describe('a folder', () => {
  let iam;
  before(async () => {
    iam = await startIam();
  });
  after(() => iam?.stop());

  test('without an SMTP server, mail is where a developer finds it', async () => {
    const operator = await operatorOf(iam);
    const { email } = await invite(operator);
    const dir = join(iam.dir, 'mail');
    const files = () => (existsSync(dir) ? readdirSync(dir).filter((name) => name.endsWith('.eml')) : []);
    const [file] = await eventually(() => files().length > 0 && files(), WITHIN);
    const mail = readFileSync(join(dir, file), 'utf8');
    assert.ok(mail.includes(`To: ${email}\r\n`));
    const [, code] = decoded(mail).match(/&code=([\w-]{43})\r\n/);
    assert.ok(!iam.logs().includes(code));
  });
});
