// Neon's own client on our gateway in front of a real PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NeonDbError, neon, neonConfig } from '@neondatabase/serverless';
import { eventually } from '../e2e/harness.mjs';
import { startGateway, startServer, TOKEN } from './servers.mjs';

const ALIAS = 'postgresql://anybody:anything@main/whatever';

// The client has one endpoint for all; here each has a gateway of its own.
neonConfig.fetchFunction = (_, { gateway, ...init }) => fetch(`${gateway}/sql`, init);

describe('@neondatabase/serverless on the gateway', () => {
  let postgres, gateway, sql;
  before(async () => {
    postgres = await startServer('postgres');
    gateway = await start();
    sql = client();
    await sql`create table entry (id bigint primary key, name text not null unique, data jsonb)`;
  });
  after(async () => {
    await gateway?.stop();
    await postgres?.stop();
  });

  const start = (args = []) => startGateway({
    targets: { main: `postgres://iam:iam@127.0.0.1:${postgres.port}/iam` },
    args: ['--statement-timeout', '2', ...args],
  });
  const client = ({ to = gateway, connection = ALIAS, ...options } = {}) => neon(connection, {
    authToken: TOKEN, fetchOptions: { gateway: to.url }, ...options,
  });
  /** Sends a query now, and not when somebody waits for it. */
  const begun = (query) => query.then((rows) => rows);
  const refusal = (query) => query.then(() => assert.fail('not refused'), (error) => {
    assert.ok(error instanceof NeonDbError, error);
    return error;
  });

  test('values of all kinds go in and come out as the client knows them', async () => {
    for (const [type, value, back = value] of [
      ['text', "é 👩‍👩‍👧 ' \" \\ $1"], ['text', ''], ['text', null], ['int', 42], ['bigint', '9007199254740993'],
      ['float8', 1.5], ['bool', true], ['bool', false], ['numeric', '1.10'],
      ['bytea', Buffer.from([0, 255, 39]), Buffer.from([0, 255, 39])],
      ['timestamptz', new Date('2026-01-02T03:04:05.678Z')], ['jsonb', { a: [1, null, 'é'] }],
      ['text[]', ['a', 'b"c\\', null]], ['int[]', [1, 2]], ['int[]', []], ['int[][]', [[1, 2], [3, 4]]],
    ]) {
      const [row] = await sql.query(`select $1::${type} as value`, [value]);
      assert.deepEqual(row.value, back, `${type}: ${JSON.stringify(value)}`);
    }
  });

  test('rows come as objects or arrays, alone or with all that is told of them', async () => {
    const query = 'select 1 as a, 2 as a, null as b';
    assert.deepEqual(await sql.query(query), [{ a: 2, b: null }]);
    assert.deepEqual(await sql.query(query, [], { arrayMode: true }), [[1, 2, null]]);
    const full = await client({ fullResults: true }).query(query, [], { arrayMode: true });
    assert.deepEqual([full.command, full.rowCount, full.rowAsArray], ['SELECT', 1, true]);
    assert.deepEqual(full.fields.map(({ name, dataTypeID }) => [name, dataTypeID]), [['a', 23], ['a', 23], ['b', 25]]);
    const made = await client({ fullResults: true })`create temp table gone (a int)`;
    assert.deepEqual([made.command, made.rowCount, made.rows], ['CREATE', null, []]);
  });

  test('a transaction is done as a whole or not at all', async () => {
    const add = (id, name) => sql`insert into entry (id, name) values (${id}, ${name}) returning id`;
    const results = await sql.transaction([add(1, 'a'), add(2, 'b'), sql`select count(*) from entry`]);
    assert.deepEqual(results, [[{ id: '1' }], [{ id: '2' }], [{ count: '2' }]]);
    const error = await refusal(sql.transaction([add(3, 'c'), add(4, 'a')]));
    assert.equal(error.code, '23505');
    assert.deepEqual(await sql`select count(*) from entry`, [{ count: '2' }]);
  });

  test('a transaction has the isolation that is asked for', async () => {
    const shown = (options) => sql.transaction([sql`show transaction_isolation`, sql`show transaction_read_only`], options)
      .then((results) => results.map(([row]) => Object.values(row)[0]));
    assert.deepEqual(await shown({}), ['read committed', 'off']);
    for (const [level, name] of [
      ['ReadUncommitted', 'read uncommitted'], ['RepeatableRead', 'repeatable read'], ['Serializable', 'serializable'],
    ]) {
      assert.deepEqual(await shown({ isolationLevel: level }), [name, 'off']);
    }
    assert.deepEqual(await shown({ isolationLevel: 'Serializable', readOnly: true, deferrable: true }), ['serializable', 'on']);
    const write = sql.transaction([sql`delete from entry`], { readOnly: true });
    assert.equal((await refusal(write)).code, '25006');
    assert.match((await refusal(sql.transaction([sql`select 1`], { isolationLevel: 'x; drop table entry' }))).message, /invalid isolation level/);
  });

  test('an error has all that the database says of it', async () => {
    await sql`insert into entry values (100, 'taken') on conflict do nothing`;
    const error = await refusal(sql`insert into entry values (101, 'taken')`);
    const { code, severity, detail, constraint, table, schema, routine, line } = error;
    assert.deepEqual({ code, severity, detail, constraint, table, schema, routine }, {
      code: '23505', severity: 'ERROR', detail: 'Key (name)=(taken) already exists.', constraint: 'entry_name_key',
      table: 'entry', schema: 'public', routine: '_bt_check_unique',
    });
    assert.match(line, /^\d+$/);
    assert.equal((await refusal(sql`select * frm entry`)).position, '10');
    assert.equal((await refusal(sql`select 1; select 2`)).code, '42601');
    assert.deepEqual(await sql`select 1 as a`, [{ a: 1 }], 'the connection is good after it');
  });

  test('a statement that takes too long is ended by the database', async () => {
    const error = await refusal(sql`select pg_sleep(30)`);
    assert.equal(error.code, '57014');
    assert.match(error.message, /statement timeout/);
  });

  test('what names no database of the gateway is not dialled', async () => {
    const { port } = postgres;
    for (const connection of [
      'postgresql://iam:iam@other/iam', `postgresql://iam:iam@127.0.0.1:${port}/iam`, `postgresql://iam:iam@localhost:${port}/iam`,
      'postgresql://iam:iam@main.example.com/iam', `postgresql://iam:iam@[::1]:${port}/iam`,
    ]) {
      const error = await refusal(client({ connection })`select 1`);
      assert.match(error.message, /no database of this gateway/, connection);
      assert.ok(!gateway.logs().includes(connection));
    }
    for (const header of ['', 'main', 'mysql://u:p@main/d', 'postgresql://', 'http://main/']) {
      const answer = await ask(gateway, { headers: { 'neon-connection-string': header } });
      assert.equal(answer.status, 400, header);
      assert.match(answer.body.message, /Neon-Connection-String/);
      assert.equal(answer.body.code, null);
    }
  });

  test('who shows another token, or none, gets nothing', async () => {
    for (const authToken of ['another', undefined]) {
      const error = await refusal(client({ authToken })`select 1`);
      assert.match(error.message, /401/);
    }
    assert.equal((await fetch(`${gateway.url}/metrics`)).status, 401);
  });

  test('what is wrong with a request is said in the shape of an error', async () => {
    for (const body of ['', '[]', '{"query":1}', '{"queries":{}}', '{"query":"secret-text']) {
      const answer = await ask(gateway, { body });
      assert.equal(answer.status, 400, body);
      assert.deepEqual(Object.keys(answer.body).sort(), [
        'code', 'column', 'constraint', 'dataType', 'detail', 'file', 'hint', 'internalPosition', 'internalQuery', 'line',
        'message', 'position', 'routine', 'schema', 'severity', 'table', 'where',
      ]);
      assert.ok(!JSON.stringify(answer.body).includes('secret-text'));
    }
  });

  test('one too many is told to come again, and the figures say so', async () => {
    const small = await start(['--connections', '1', '--waiting', '1', '--wait-timeout', '1']);
    try {
      const one = client({ to: small });
      const all = await Promise.allSettled([1, 2, 3].map(() => begun(one`select pg_sleep(1.8)`)));
      const refused = all.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.message);
      assert.equal(refused.length, 2, 'one did not wait, and one waited too long');
      for (const message of refused) assert.match(message, /503.*busy/);
      const taken = begun(one`select pg_sleep(0.9)`);
      await eventually(async () => figure(await metrics(small), 'connections_idle') === 0);
      const waiting = begun(one`select 1`);
      await eventually(async () => figure(await metrics(small), 'units_waiting') === 1);
      const answer = await ask(small, {});
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
      await Promise.all([taken, waiting]);
      const figures = await metrics(small);
      assert.match(figures, /^iam_gateway_units_refused_total\{target="main",kind="postgres"\} 3$/m);
      assert.match(figures, /^iam_gateway_connections_open\{target="main",kind="postgres"\} 1$/m);
      assert.match(figures, /^iam_gateway_requests_total\{route="neon",status="503"\} 3$/m);
      assert.match(figures, /# EOF\n$/);
    } finally {
      await small.stop();
    }
  });

  test('a gateway that works on all it may says so before it reads more', async () => {
    const small = await start(['--max-requests', '1', '--max-request-bytes', '1000']);
    try {
      const running = begun(client({ to: small })`select pg_sleep(0.9)`);
      await sleep(200);
      const answer = await ask(small, {});
      assert.deepEqual([answer.status, answer.headers.get('retry-after')], [503, '1']);
      await running;
      assert.equal((await ask(small, { body: JSON.stringify({ query: `select '${'x'.repeat(1000)}'` }) })).status, 413);
    } finally {
      await small.stop();
    }
  });

  test('no log and no figure has anything of what was asked', async () => {
    await refusal(sql.query('select $1::int as marked_statement', ['marked-parameter']));
    const figures = await metrics(gateway);
    for (const secret of ['marked', 'iam:iam', TOKEN, 'anything']) {
      assert.ok(!(gateway.logs() + figures).includes(secret), secret);
    }
  });

  test('what runs is finished when the gateway is told to stop, and nothing is begun', async () => {
    const other = await start();
    const running = begun(client({ to: other })`select pg_sleep(1.5), 'done' as state`);
    await sleep(300);
    const stopped = other.stop('SIGTERM');
    await sleep(300);
    await assert.rejects(fetch(`${other.url}/readyz`), 'it takes no new connection');
    assert.equal((await running)[0].state, 'done');
    assert.equal(await stopped, 0);
  });

  test('what is not finished in time is cut off, and the exit code says so', async () => {
    const other = await start(['--drain-timeout', '1']);
    const running = refusal(client({ to: other })`select pg_sleep(1.9)`).catch((error) => error);
    await sleep(300);
    assert.equal(await other.stop('SIGTERM'), 1);
    await running;
  });

  test('it is ready when its databases answer', async () => {
    const ready = await fetch(`${gateway.url}/readyz`);
    assert.deepEqual([ready.status, await ready.json()], [200, { status: 'ready', targets: { main: 'up' } }]);
    const away = await startGateway({ targets: { main: 'postgres://iam:hunter2@127.0.0.1:1/iam' } });
    try {
      const answer = await fetch(`${away.url}/readyz`);
      assert.deepEqual([answer.status, await answer.json()], [503, { status: 'not ready', targets: { main: 'down' } }]);
      assert.equal((await fetch(`${away.url}/healthz`)).status, 200);
      assert.match((await refusal(client({ to: away })`select 1`)).message, /503.*no connection to the database/);
      assert.ok(!away.logs().includes('hunter2'));
    } finally {
      await away.stop();
    }
  });
});

const figure = (figures, name) => Number(new RegExp(`^iam_gateway_${name}\\{.*\\} (\\d+)$`, 'm').exec(figures)?.[1]);

async function metrics(server) {
  const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.match(answer.headers.get('content-type'), /^application\/openmetrics-text; version=1\.0\.0/);
  return answer.text();
}

/** What the gateway answers to a request that the client would not send. */
async function ask(server, { headers, body = JSON.stringify({ query: 'select 1' }) }) {
  const answer = await fetch(`${server.url}/sql`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${TOKEN}`, 'neon-connection-string': ALIAS, 'neon-raw-text-output': 'true', ...headers,
    },
    body,
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type') === 'application/json';
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}
