// Mail as an app gets it that sends it itself: the webhook of docs/messages.md, and what came of it.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const WITHIN_MS = 60_000;

/**
 * Listens for mail.
 *
 * Gives `{env, next(recipient, kind), none(recipient, kind), close()}`: what `iam up` has to be told,
 * the next message of a kind to somebody that was not given before, and those there are.
 */
export async function openMailbox() {
  const key = randomBytes(32);
  const messages = [];
  const waiting = new Set();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
    const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
    if (signature !== `v1,${expected}`) return response.writeHead(401).end();
    const { type, data } = JSON.parse(body);
    // The same message may come twice.
    if (!messages.some((message) => message.id === data.id)) messages.push({ kind: type, ...data });
    for (const wake of waiting) wake();
    return response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${server.address().port}`;

  const take = (recipient, kind) => {
    const found = messages.find((m) => !m.taken && m.recipient === recipient && m.kind === kind);
    if (found) found.taken = true;
    return found;
  };
  const next = async (recipient, kind) => {
    const deadline = AbortSignal.timeout(WITHIN_MS);
    for (;;) {
      const found = take(recipient, kind);
      if (found) return found;
      const told = messages.map((m) => `${m.kind} to ${m.recipient}`).join(', ');
      assert.ok(!deadline.aborted, `no ${kind} came to ${recipient}, but: ${told}`);
      await new Promise((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          deadline.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        deadline.addEventListener('abort', wake);
      });
    }
  };
  return {
    env: {
      SPIN_VARIABLE_MAIL_URL: `webhook+${origin}/mail`,
      SPIN_VARIABLE_MAIL_ORIGIN: origin,
      SPIN_VARIABLE_WEBHOOK_SECRET: `whsec_${key.toString('base64')}`,
    },
    next,
    /** How many of a kind came to somebody. */
    count: (recipient, kind) => messages.filter((m) => m.recipient === recipient && m.kind === kind).length,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
