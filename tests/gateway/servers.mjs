// Starts what the tests here ask: our gateway, and the sqld that it is held against.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually, newDir, ROOT, startProgram } from '../e2e/harness.mjs';

export const TOKEN = 'a-token-for-tests';

/** A gateway over a new database: `{name, url, token, dir, logs(), stop()}`. */
export async function startGateway({ token = TOKEN, dir = newDir() } = {}) {
  const args = ['run', '--quiet', '--release', '--package', 'iam-gateway', '--example', 'gateway', '--'];
  const program = await startProgram('cargo', [...args, join(dir, 'gateway.db'), ...(token ? [token] : [])], {
    ready: /^(http:\S+)$/m,
    // It may have to be built.
    within: 600_000,
  });
  return { name: 'gateway', url: program.match[1], token, dir, logs: program.logs, stop: program.stop };
}

/** A sqld over a new database: the same, without a token. */
export async function startSqld() {
  const sqld = execFileSync(join(ROOT, 'tools/sqld.sh'), { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  const listen = `127.0.0.1:${await freePort()}`;
  const args = ['--db-path', join(newDir(), 'data'), '--http-listen-addr', listen];
  const program = await startProgram(sqld, args, { ready: /listening for incoming user HTTP/ });
  const url = `http://${listen}`;
  await eventually(() => fetch(`${url}/health`).then((answer) => answer.ok, () => false));
  return { name: 'sqld', url, logs: program.logs, stop: program.stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Sends `body`, JSON unless it is text, and gives `{status, headers, text, json}`. */
export async function post(server, path, body, { method = 'POST', headers = {}, token = server.token } = {}) {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.startsWith('application/json');
  return { status: answer.status, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
