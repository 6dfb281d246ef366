// `iam up` over a database server instead of its file: the same component files, the same answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson, addTenant, done, loginTo } from './admin.mjs';
import { call, login, payload, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { startServer } from '../gateway/servers.mjs';

/** How each engine is started, and where its database is. */
const engines = {
  PostgreSQL: ['postgres', (port) => `postgres://iam:iam@127.0.0.1:${port}/iam`],
  MariaDB: ['mariadb', (port) => `mysql://iam:iam@127.0.0.1:${port}/iam`],
  FerretDB: ['ferretdb', (port) => `mongodb://127.0.0.1:${port}/iam`],
};

for (const [engine, [program, url]] of Object.entries(engines)) {
  describe(`iam up on ${engine} and Redis`, () => {
    let server, redis, iam, env;
    before(async () => {
      redis = await startServer('redis');
      server = await startServer(program);
      env = { IAM_DATABASE: url(server.port), IAM_REDIS: `redis://:iam@127.0.0.1:${redis.port}` };
      iam = await startIam({ env });
    });
    after(async () => {
      await iam?.stop();
      await Promise.all([server?.stop(), redis?.stop()]);
    });

    test('who it runs on is announced without a password', () => {
      assert.match(iam.announcement, /database +\w+:\/\/127\.0\.0\.1:\d+\/iam/);
      assert.ok(!iam.announcement.includes('iam:iam'));
    });

    test('the demo user logs in, refreshes and asks who they are', async () => {
      const tokens = await tokensOf(iam);
      const next = succeeded(await refresh(iam, tokens.refresh_token));
      assert.notEqual(next.refresh_token, tokens.refresh_token);
      const headers = { authorization: `Bearer ${next.access_token}` };
      const about = succeeded(await call(iam, '/oauth2/userinfo', { headers }));
      assert.equal(about.preferred_username, iam.dev.username);
      assert.equal(about.sub, payload(tokens.id_token).sub);
      assert.equal((await login(iam, { password: 'another' })).status, 401);
    });

    test('users are made, listed page by page, changed and removed', async () => {
      const tenant = await addTenant(iam);
      const people = [];
      for (let n = 0; n < 3; n += 1) people.push(await addPerson(tenant.operator));
      const first = done(await tenant.operator.get('users', { limit: 2 }));
      assert.equal(first.items.length, 2);
      const second = done(await tenant.operator.get('users', { limit: 2, cursor: first.next_cursor }));
      const listed = [...first.items, ...second.items].map(({ username }) => username).sort();
      assert.deepEqual(listed, people.map(({ username }) => username).sort());
      const [{ id, username }] = people;
      succeeded(await login(iam, loginTo(tenant, username)));
      done(await tenant.operator.post(`users/${id}:disable`));
      assert.equal((await login(iam, loginTo(tenant, username))).status, 403);
      done(await tenant.operator.remove(`users/${id}`));
      assert.equal(done(await tenant.operator.get(`users/${id}`)).status, 'deleted');
    });

    test('what was made is there when it starts again', async () => {
      const { dir } = iam;
      const before = payload((await tokensOf(iam)).id_token).sub;
      await iam.stop();
      iam = await startIam({ dir, env });
      assert.equal(payload((await tokensOf(iam)).id_token).sub, before);
    });
  });
}

describe('iam up with a database that is not there', () => {
  const refusal = (env) => startIam({ env }).then(() => assert.fail('started'), (error) => error.message);

  test('says which, and no password', async () => {
    const message = await refusal({ IAM_DATABASE: 'postgres://iam:hunter2@127.0.0.1:1/iam' });
    assert.match(message, /postgres:\/\/127\.0\.0\.1:1\/iam/);
    assert.ok(!message.includes('hunter2'), message);
  });

  test('says what is wrong with a URL, and not the URL', async () => {
    for (const env of [{ IAM_DATABASE: 'oracle://iam:hunter2@db/iam' }, { IAM_REDIS: 'http://:hunter2@db' }]) {
      const message = await refusal(env);
      assert.match(message, /is not the URL of a/);
      assert.ok(!message.includes('hunter2'), message);
    }
  });
});
