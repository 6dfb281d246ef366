// TLS from the gateway to real servers: who has a certificate of the authority that was named is spoken
// to, and nobody else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { newDir } from '../e2e/harness.mjs';
import { post, startGateway, startServer, TOKEN } from './servers.mjs';

const basic = (name) => ({ token: null, headers: { authorization: `Basic ${Buffer.from(`${name}:${TOKEN}`).toString('base64')}` } });
const mysql = {
  start: ({ cert, key }) => startServer('mariadb', () => [`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--require-secure-transport=ON']),
  url: (port, options) => `mysql://iam:iam@localhost:${port}/iam${options}`,
  verified: '?sslmode=verify-full', by: (path) => `&sslrootcert=${path}`, plain: '',
  ask: (gateway, name) => post(gateway, '/psdb.v1alpha1.Database/Execute', { query: "show status like 'Ssl_version'" }, basic(name)),
  answer: ({ json }) => Buffer.from(json.result.rows[0].values, 'base64').toString().replace('Ssl_version', ''),
};

/** How each is started with a certificate, named, and asked by what it is spoken to. */
const ENGINES = {
  PostgreSQL: {
    start: ({ cert, key }) => startServer('postgres', () => ['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`]),
    url: (port, options) => `postgres://iam:iam@localhost:${port}/iam${options}`,
    verified: '?sslmode=verify-full', by: (path) => `&sslrootcert=${path}`,
    ask: (gateway, name) => post(gateway, '/sql', { query: 'select version from pg_stat_ssl where pid = pg_backend_pid()', params: [] },
      { headers: { 'neon-connection-string': `postgresql://any:any@${name}/any`, 'neon-raw-text-output': 'true', 'neon-array-mode': 'true' } }),
    answer: ({ json }) => json.rows[0][0],
  },
  MariaDB: mysql,
  ...(process.env.MYSQL_ROOT && {
    MySQL: { ...mysql, start: ({ cert, key }) => startServer('mysql', () => [`--ssl-cert=${cert}`, `--ssl-key=${key}`, '--require-secure-transport=ON']) },
  }),
  // FerretDB as it is embedded here speaks no TLS by itself.
  'FerretDB behind TLS': {
    start: async (certificate) => behindTls(await startServer('ferretdb'), certificate),
    url: (port, options) => `mongodb://localhost:${port}/iam${options}`,
    verified: '?tls=true', by: (path) => `&tlsCAFile=${path}`, plain: '',
    ask: (gateway, database) => post(gateway, '/mongo', { database, commands: [{ count: 'things', query: {} }] }),
    // That there is an answer says it: nothing else is behind that port.
    answer: ({ json }) => (json.results[0].n ? 'TLSv1.3' : ''),
  },
};

for (const [name, engine] of Object.entries(ENGINES)) {
  describe(`${name} by TLS`, () => {
    let server, gateway;
    before(async () => {
      const [ours, others] = [certificate(), certificate()];
      server = await engine.start(ours);
      const url = (options) => engine.url(server.port, options);
      gateway = await startGateway({
        targets: {
          main: url(engine.verified + engine.by(ours.cert)),
          other: url(engine.verified + engine.by(others.cert)),
          web: url(engine.verified),
          ...(engine.plain !== undefined && { plain: url(engine.plain) }),
        },
        args: ['--connect-timeout', '3'],
      });
    });
    after(async () => {
      await gateway?.stop();
      await server?.stop();
    });

    test('a server of an authority of ours is spoken to', async () => {
      const answer = await engine.ask(gateway, 'main');
      assert.equal(answer.status, 200, answer.text);
      assert.match(engine.answer(answer), /^TLSv1\.[23]$/, answer.text);
    });

    test('one of an authority that is not known is not', async () => {
      for (const target of ['other', 'web']) {
        const { status, text } = await engine.ask(gateway, target);
        assert.equal(status, 503, text);
        assert.ok(!/certificate|iam:iam/i.test(text), text);
      }
    });

    if (engine.plain !== undefined) {
      test('one that wants TLS gets nothing without', async () => {
        const { status, text } = await engine.ask(gateway, 'plain');
        assert.equal(status, 503, text);
        assert.ok(!text.includes("'iam'"), text);
      });
    }
  });
}

describe('Redis by TLS', () => {
  let server, ours;
  before(async () => {
    ours = certificate();
    server = await startServer('redis', (port) => [
      '--port', '0', '--tls-port', String(port), '--tls-cert-file', ours.cert, '--tls-key-file', ours.key, '--tls-auth-clients', 'no',
    ]);
  });
  after(() => server?.stop());

  const ask = async (url) => {
    const gateway = await startGateway({ env: { IAM_GATEWAY_REDIS: url } });
    try {
      return await post(gateway, '/', ['ping']);
    } finally {
      await gateway.stop();
    }
  };

  test('a server of an authority of ours is spoken to, and no other', async () => {
    const url = `rediss://:iam@localhost:${server.port}/`;
    const { status, text } = await ask(`${url}?ca=${ours.cert}`);
    assert.deepEqual([status, text], [200, '{"result":"PONG"}']);
    for (const wrong of [`${url}?ca=${certificate().cert}`, url, url.replace('rediss:', 'redis:')]) {
      const answer = await ask(wrong);
      assert.equal(answer.status, 503, `${wrong} ${answer.text}`);
    }
  });
});

/** A certificate for `localhost` that vouches for itself, which the server's own user can read. */
function certificate() {
  const dir = newDir();
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', key, '-out', cert,
  ], { stdio: 'ignore' });
  if (process.getuid() === 0) execFileSync('chown', ['-R', 'postgres', dir]);
  return { cert, key };
}

/** The same server behind one that ends TLS. */
async function behindTls(server, { cert, key }) {
  const options = { cert: readFileSync(cert), key: readFileSync(key) };
  const proxy = createServer(options, (client) => {
    const inner = connect(server.port, '127.0.0.1');
    for (const end of [client, inner]) end.on('error', () => [client, inner].forEach((one) => one.destroy()));
    client.pipe(inner).pipe(client);
  }).listen(0, 'localhost');
  await once(proxy, 'listening');
  return {
    port: proxy.address().port,
    async stop() {
      proxy.close();
      await server.stop();
    },
  };
}
