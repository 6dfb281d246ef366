// Asks our gateway and sqld the same, and compares: status, codes, texts, values. Where we mean to
// differ, `differs` says why, and the test fails if we do not.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { autocommit, batch, close, execute, executeNamed, failed, integer, not, ok, run, send, step, text } from './hrana.mjs';
import { post, startGateway, startSqld } from './servers.mjs';

const SETUP = `
  create table t (id integer primary key, s text unique, b blob, f real);
  create table u (t_id integer references t (id), n text not null);
  insert into t values (1, 'a', x'00ff', 1.5);
`;

// Each is asked on a stream of its own, in this order.
const STATEMENTS = [
  '', '  ', ';', '-- c', 'select 1; select 2', 'select 1;', 'select 1; -- x', "select ';'", 'selec 1', 'select', "select 'x",
  'select * from nope', 'select nope from t', 'select 1\u0000, 2', 'values (1, 2)', 'select 1 as a, 2 as a', 'select json(\'x\')',
  "select zeroblob(3), x'', '', 'é', 1.0, 1e300, -0.0, null, 9223372036854775807", 'select 9e999, -9e999, 0.0 / 0',
  'insert into t values (2, \'é\', null, null) returning *, s || 1 as joined', "insert into t values (1, 'z', null, null)",
  "insert into t (s) values ('x'), ('y')", "insert into t (s) values ('x') returning 1",
  "with x as (select 50 as id) insert into t (id) select id from x", 'with x as (select 1 as one) select * from x',
  "replace into t (id) values (50)", "update t set f = 3 where id < 0", "update t set f = 3 where id > 1", 'delete from t where id = 50',
  "insert into u values (99, 'x')", 'insert into u values (1, null)', 'create table if not exists t (id)', 'create index i on u (n)',
  'create trigger tr after insert on u begin select 1; select 2; end', "insert into u values (1, 'x')", 'drop trigger tr', 'drop index i',
  'create temp table x (a)', 'create temp view x as select 1', "attach 'other.db' as other", 'reindex',
  'pragma journal_mode', 'pragma journal_mode = delete', 'pragma foreign_keys = off', 'pragma foreign_keys', 'pragma table_info(t)',
  'pragma user_version = 7', 'pragma user_version', 'pragma nonsense', 'pragma writable_schema = 1', 'pragma temp_store = 2',
  'begin', 'commit', 'rollback', 'savepoint a', 'release a', 'begin immediate', 'explain select 1',
  'select ?', 'select :a', "select load_extension('x')", 'select hex(zeroblob(6000000))', 'drop table nowhere',
];

const REQUESTS = {
  'arguments by place': [execute('select ?, ?', integer(1), text('é'))],
  'arguments by number': [execute('select ?2, ?1, ?', integer(1), integer(2), integer(3))],
  'arguments by name': [executeNamed('select :a, @b, $c, :a', { a: integer(1), '@b': integer(2), $c: text('x') })],
  'an argument too few': [execute('select ?, ?', integer(1))],
  'an argument too many': [execute('select ?', integer(1), integer(2))],
  'an argument that is not there': [executeNamed('select :a', { z: integer(1) })],
  'arguments of both kinds': [{ type: 'execute', stmt: { sql: 'select ?, :a', args: [integer(1)], named_args: [{ name: 'a', value: integer(2) }] } }],
  'blobs with padding and without': [execute('select ?, ?', { type: 'blob', base64: 'AP8=' }, { type: 'blob', base64: 'AP8' })],
  'a float that is whole': [execute('select ?', { type: 'float', value: 1 })],
  'a text with NUL': [execute('select ?, length(?)', text('a\u0000b'), text('a\u0000b'))],
  'an integer as a number': [execute('select ?', { type: 'integer', value: 5 })],
  'an integer that is none': [execute('select ?', { type: 'integer', value: 'x' })],
  'an integer out of range': [execute('select ?', { type: 'integer', value: '9223372036854775808' })],
  'a blob that is no base64': [execute('select ?', { type: 'blob', base64: '*' })],
  'a value of no type': [execute('select ?', { type: 'bool', value: true })],
  'no text and no number of one': [{ type: 'execute', stmt: {} }],
  'a text and a number of one': [{ type: 'execute', stmt: { sql: 'select 1', sql_id: 1 } }],
  'a number of no text': [execute('select 1'), { type: 'execute', stmt: { sql_id: 7 } }],
  'a text that is stored, used and forgotten': [
    { type: 'store_sql', sql_id: 1, sql: 'select 42' }, { type: 'execute', stmt: { sql_id: 1 } }, { type: 'describe', sql_id: 1 },
    { type: 'sequence', sql_id: 1 }, { type: 'close_sql', sql_id: 1 }, { type: 'close_sql', sql_id: 9 },
  ],
  'a text that is stored twice': [{ type: 'store_sql', sql_id: 1, sql: 'a' }, { type: 'store_sql', sql_id: 1, sql: 'b' }],
  'a text that is too long to store': [{ type: 'store_sql', sql_id: 1, sql: 'x'.repeat(5001) }],
  'a text too many to store': Array.from({ length: 51 }, (_, i) => ({ type: 'store_sql', sql_id: i, sql: 'a' })),
  'a query described': [{ type: 'describe', sql: 'select id, s as x, 1 + 1 from t where id = :a and s = ? and f = ?7' }],
  'a change described': [{ type: 'describe', sql: 'insert into t (id) values (?)' }],
  'a plan described': [{ type: 'describe', sql: 'explain select 1' }],
  'nonsense described': [{ type: 'describe', sql: 'selec' }],
  'nothing described': [{ type: 'describe', sql: '' }],
  'a sequence': [{ type: 'sequence', sql: "create table s (a); insert into s values (';'); select 1;" }, execute('select * from s')],
  'a sequence that fails': [
    { type: 'sequence', sql: 'insert into s values (2); insert into nowhere values (1); insert into s values (3)' }, execute('select * from s'),
  ],
  'an empty sequence': [{ type: 'sequence', sql: '' }],
  'whether a transaction is open': [{ type: 'get_autocommit' }, execute('begin'), { type: 'get_autocommit' }],
  'a transaction that succeeds': [
    batch(step('begin immediate'), step('insert into t (id) values (60)', ok(0)), step('commit', ok(1)), step('rollback', not(autocommit))),
  ],
  'a transaction that fails': [
    batch(
      step('begin immediate'), step('insert into t (id) values (61)', ok(0)), step('insert into t (id) values (1)', ok(1)),
      step('commit', ok(2)), step('rollback', not(autocommit)),
    ),
    execute('select id from t where id = 61'),
  ],
  'conditions': [
    batch(
      step('select 0'), step('select * from nope'), step('select 2', ok(1)), step('select 3', failed(1)), step('select 4', not(ok(2))),
      step('select 5', { type: 'and', conds: [ok(0), failed(1)] }), step('select 6', { type: 'or', conds: [ok(1), ok(0)] }),
      step('select 7', { type: 'and', conds: [] }), step('select 8', { type: 'or', conds: [] }), step('select 9', autocommit),
    ),
  ],
  'a condition on a step that is not before': [batch(step('select 1', ok(0)))],
  'a condition of no type': [batch(step('select 1', { type: 'nonsense' }))],
  'a batch with bad grammar, of which nothing runs': [batch(step('insert into t (id) values (70)'), step('selec')), execute('select id from t where id = 70')],
  'a batch with a table that its first step makes': [batch(step('create table made (a)'), step('select * from made'))],
  'a batch with an argument too few': [batch(step('insert into t (id) values (71)'), step('select ?')), execute('select id from t where id = 71')],
  'an empty batch': [batch()],
  'a request of no type': [{ type: 'nonsense' }],
  'a request after the end': [close, execute('select 1')],
  'the end twice': [close],
};

const BODIES = { 'no JSON': '{x', 'an empty body': '', 'no requests': '{"baton":null}', 'no baton': '{"requests":[{"type":"close"}]}' };

// Where we mean to differ, and why.
const DIFFERENCES = [
  [
    'a text that is not UTF-8 is an error of its statement, and not of the server',
    [execute("select cast(x'ff' as text)"), execute('select 1')],
  ],
  [
    'rows that are not wanted are not sent, as the specification says',
    [{ type: 'execute', stmt: { sql: 'select 1', want_rows: false } }],
  ],
  [
    'a step that was skipped has not failed, as the specification says',
    [batch(step('select 1', not(autocommit)), step('select 2', failed(0)))],
  ],
  [
    'a sequence with bad grammar in it is an error',
    [{ type: 'sequence', sql: 'insert into t (id) values (80); selec' }],
  ],
  [
    'a file is not rewritten while others use it, but our error is of the database and not of the text',
    [execute('vacuum')],
  ],
  ['statistics may be made', [execute('analyze')]],
  ['a comment without an end is no statement, as libSQL itself has it', [execute('/* c')]],
  ['what we do not let through is told before what libSQL would say', [execute('detach main')]],
  [
    'an insertion of nothing tells the row that the connection inserted before, for connections are used again',
    [execute("insert into t (s) values ('a') on conflict (s) do update set f = 2")],
  ],
];

/** What can be compared: not times, not counters of the engine, not the texts of two parsers. */
function comparable({ status, text: body, json }) {
  if (!json) return { status, body: body.replace(/^(Cannot deserialize client message from JSON).*/s, '$1') };
  return { status, baton: typeof json.baton, base_url: json.base_url, results: json.results?.map(comparableResult) };
}

const UNCOMPARED = ['replication_index', 'rows_read', 'rows_written', 'query_duration_ms'];

const comparableResult = (result) => JSON.parse(JSON.stringify(result, (key, value) => {
  if (UNCOMPARED.includes(key)) return undefined;
  if (value?.code === 'SQL_PARSE_ERROR') return { code: value.code };
  if (value?.code === 'SQL_STORE_TOO_LARGE') return { code: value.code };
  return value;
}));

describe('the gateway answers as sqld does', () => {
  let gateway, sqld;
  before(async () => {
    [gateway, sqld] = await Promise.all([startGateway(), startSqld()]);
    for (const server of [gateway, sqld]) {
      const setup = await send(server, [{ type: 'sequence', sql: SETUP }, close]);
      assert.equal(setup.json.results[0].type, 'ok', setup.text);
    }
  });
  after(() => Promise.all([gateway?.stop(), sqld?.stop()]));

  /** Asks both, and gives what can be compared: ours, theirs. */
  const both = async (ask) => [comparable(await ask(gateway)), comparable(await ask(sqld))];

  const same = async (ask) => {
    const [ours, theirs] = await both(ask);
    assert.deepEqual(ours, theirs);
  };

  for (const sql of STATEMENTS) {
    test(`on ${JSON.stringify(sql)}`, () => same((server) => send(server, [execute(sql), close])));
  }
  for (const [name, requests] of Object.entries(REQUESTS)) {
    test(`on ${name}`, () => same((server) => send(server, [...requests, close])));
  }
  for (const [name, body] of Object.entries(BODIES)) {
    test(`on ${name}`, () => same((server) => post(server, '/v3/pipeline', body)));
  }

  test('on what version 2 does not have', async () => {
    await same((server) => send(server, [{ type: 'get_autocommit' }, close], { version: 'v2' }));
    await same((server) => send(server, [batch(step('select 1', autocommit)), close], { version: 'v2' }));
    await same((server) => send(server, [execute('select 1'), close], { version: 'v2' }));
  });

  test('on a stream that stays open, and on batons that are old or made up', async () => {
    await same((server) => send(server, []));
    await same((server) => send(server, [execute('select 1'), close], { baton: 'abc' }));
    await same(async (server) => {
      const { baton: first } = (await send(server, [execute('begin')])).json;
      const { baton: second } = (await send(server, [{ type: 'get_autocommit' }], { baton: first })).json;
      assert.notEqual(first, second);
      return send(server, [close], { baton: first });
    });
    await same(async (server) => {
      const { baton } = (await send(server, [execute('begin')])).json;
      await send(server, [close], { baton });
      return send(server, [close], { baton });
    });
    await same(async (server) => {
      const { baton } = (await send(server, [execute('begin')])).json;
      await send(server, [{ type: 'execute', stmt: {} }], { baton });
      return send(server, [close], { baton });
    });
  });

  test('on a stream that was left alone for too long', async () => {
    await same(async (server) => {
      const { baton } = (await send(server, [execute('begin immediate')])).json;
      await sleep(11_500);
      return send(server, [execute('select 1'), close], { baton });
    });
  });

  test('on a transaction that others had to wait for too long', async () => {
    await same(async (server) => {
      const { baton } = (await send(server, [execute('begin immediate'), execute('insert into t (id) values (90)')])).json;
      const began = Date.now();
      const [other] = await run(server, execute('insert into t (id) values (91)'));
      assert.equal(other.affected_row_count, 1);
      assert.ok(Date.now() - began > 4_000, 'it waited for its turn');
      return send(server, [execute('insert into t (id) values (92)'), { type: 'get_autocommit' }, close], { baton });
    });
    await same((server) => send(server, [execute('select id from t where id between 90 and 92'), close]));
    await same(async (server) => {
      const { baton } = (await send(server, [execute('begin immediate')])).json;
      await run(server, execute('insert into t (id) values (93)'));
      return send(server, [batch(step('insert into t (id) values (94)'), step('commit', ok(0))), close], { baton });
    });
  });

  for (const [why, requests] of DIFFERENCES) {
    test(`but ${why}`, async () => {
      const [ours, theirs] = await both((server) => send(server, [...requests, close]));
      assert.notDeepEqual(ours, theirs);
    });
  }

  test('on the probe for its version', async () => {
    for (const path of ['/v2', '/v3']) await same((server) => post(server, path, undefined, { method: 'GET' }));
  });
});
