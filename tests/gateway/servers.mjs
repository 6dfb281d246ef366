// Starts what the tests here ask: our gateway, and the sqld that it is held against.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually, newDir, ROOT, startProgram } from '../e2e/harness.mjs';

export const TOKEN = 'a-token-for-tests';

const PROGRAM = process.env.IAM_BIN ?? join(ROOT, 'target/release/iam');

/**
 * `iam gateway` in front of `targets`, URLs by their names: `{name, url, token, dir, pid, logs(), stop()}`.
 * If nothing is named it serves a new libSQL file and its memory.
 */
export async function startGateway({ token = TOKEN, dir = newDir(), targets, args = [], env } = {}) {
  const names = Object.entries(targets ?? {}).map((target) => target.join('='));
  const own = targets || env ? [] : ['--database', join(dir, 'gateway.db'), '--redis', 'memory:'];
  const program = await startProgram(PROGRAM, ['gateway', '--listen', '127.0.0.1:0', ...own, ...args], {
    env: { ...(token && { IAM_GATEWAY_TOKEN: token }), ...(targets && { IAM_GATEWAY_TARGETS: names.join('\n') }), ...env },
    ready: /listens on (http:\S+)$[^]*^  token .*$/m,
  });
  return {
    name: 'gateway', url: program.match[1], token, dir, pid: program.pid, logs: program.logs, stop: program.stop,
  };
}

/** A server of `tools/<engine>-server.sh`, once it listens: `{port, stop()}`. `options` gives more for its port. */
export async function startServer(engine, options = () => []) {
  const port = await freePort();
  const args = [join(ROOT, `tools/${engine}-server.sh`), newDir(), String(port), ...options(port)];
  const program = await startProgram('sh', args, { ready: LISTENS[engine], within: 600_000 });
  // PostgreSQL takes SIGTERM for a reason to wait until its clients have gone.
  return { port, stop: () => program.stop('SIGINT') };
}

const LISTENS = {
  ferretdb: /listens on/,
  mariadb: /ready for connections/,
  mysql: /ready for connections[^]*socket/,
  postgres: /database system is ready to accept connections[^]*/,
  redis: /Ready to accept connections/,
};

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

export async function freePort() {
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
