// PlanetScale's own client on our gateway, in front of a MariaDB.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from '@planetscale/database';
import { startGateway, startServer, TOKEN } from './servers.mjs';

describe('@planetscale/database on the gateway', () => {
  let database, gateway, connection;
  before(async () => {
    database = await startServer('mariadb');
    gateway = await startGateway({ targets: { shop: `mysql://iam:iam@127.0.0.1:${database.port}/iam` } });
    connection = client().connection();
  });
  after(async () => {
    await gateway?.stop();
    await database?.stop();
  });
  beforeEach(async () => {
    await connection.execute('drop table if exists t');
    await connection.execute('create table t (id bigint unsigned primary key auto_increment, s varchar(50) unique, j longtext) character set utf8mb4 collate utf8mb4_bin');
  });

  const client = ({ username = 'shop', password = TOKEN } = {}) => (
    new Client({ url: gateway.url.replace('//', `//${username}:${password}@`) })
  );

  test('values come back as they went', async () => {
    for (const value of ['1', 'é', '日本語', '👩‍👩‍👧', '', 'null', `'"\\ \n\0;--`, 'x'.repeat(50)]) {
      await connection.execute('delete from t');
      await connection.execute('insert into t (s) values (?)', [value]);
      const { rows } = await connection.execute('select s, null as n from t where s = ?', [value]);
      assert.deepEqual(rows, [{ s: value, n: null }]);
    }
    const { rows } = await connection.execute(
      "select 9007199254740993 as big, -1 as small, 1.5e0 as real_number, 1.50 as exact, x'00ff' as bytes",
    );
    const { big, small, real_number, exact, bytes } = rows[0];
    assert.deepEqual({ big, small, real_number, exact }, { big: '9007199254740993', small: -1, real_number: 1.5, exact: '1.50' });
    assert.deepEqual([...bytes], [0, 255]);
  });

  test('what was changed is counted, and what was made has its id', async () => {
    const first = await connection.execute("insert into t (s) values ('a')");
    assert.deepEqual([first.rowsAffected, first.insertId], [1, '1']);
    const same = await connection.execute("update t set s = 'a' where id = 1");
    assert.equal(same.rowsAffected, 1, 'rows that are found, not those that differ');
    assert.equal((await connection.execute('delete from t where id = 7')).rowsAffected, 0);
    const { fields } = await connection.execute('select id, s, j, null as n from t');
    assert.deepEqual(fields.map(({ name, type, table }) => [name, type, table]), [
      ['id', 'UINT64', 't'], ['s', 'VARCHAR', 't'], ['j', 'TEXT', 't'], ['n', 'NULL', undefined],
    ]);
  });

  test('an error has its number and its state, and does not repeat the statement', async () => {
    await connection.execute("insert into t (s) values ('a')");
    const refused = connection.execute("insert into t (s, j) values ('a', 'hunter2')");
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof DatabaseError);
      assert.match(error.message, /^Duplicate entry 'a' for key 's' \(errno 1062\) \(sqlstate 23000\)$/);
      assert.equal(error.body.code, 'ALREADY_EXISTS');
      return true;
    });
    await assert.rejects(connection.execute('select 1; drop table t'), /errno 1064/);
    await assert.rejects(connection.execute("set session sql_mode = ''"), /errno 1235/);
    assert.equal((await connection.execute('select * from t')).size, 1);
  });

  test('a transaction is seen when it is done, and not at all when it fails', async () => {
    await client().transaction(async (transaction) => {
      await transaction.execute("insert into t (s) values ('a')");
      assert.equal((await connection.execute('select * from t')).size, 0);
      assert.equal((await transaction.execute('select * from t')).size, 1);
    });
    assert.equal((await connection.execute('select * from t')).size, 1);
    const failed = client().transaction(async (transaction) => {
      await transaction.execute("insert into t (s) values ('b')");
      await transaction.execute("insert into t (s) values ('a')");
    });
    await assert.rejects(failed, /errno 1062/);
    assert.equal((await connection.execute('select * from t')).size, 1);
  });

  test('a transaction nothing is heard of is rolled back, and what comes after is told so', async () => {
    const forgotten = client().connection();
    await forgotten.execute('begin');
    await forgotten.execute("insert into t (s) values ('a')");
    await sleep(11_000);
    assert.equal((await connection.execute('select * from t for update')).size, 0, 'its locks are gone');
    await assert.rejects(forgotten.execute('commit'), /errno 1317/);
    assert.equal((await forgotten.execute('select * from t')).size, 0, 'it can begin anew');
  });

  test('many at once do not meet on one connection', async () => {
    const add = async (n) => client().transaction(async (transaction) => {
      await transaction.execute('insert into t (s) values (?)', [String(n)]);
      const { rows } = await transaction.execute('select connection_id() as id');
      await transaction.execute('update t set j = ? where s = ?', [String(rows[0].id), String(n)]);
    });
    await Promise.all(Array.from({ length: 60 }, (_, n) => add(n)));
    const { rows } = await connection.execute('select count(*) as n, count(j) as j, count(distinct j) as c from t');
    assert.deepEqual([rows[0].n, rows[0].j], ['60', '60']);
    assert.ok(Number(rows[0].c) <= 20, rows[0].c);
  });

  test('only who has the token and names a database gets in', async () => {
    for (const stranger of [{ password: 'another' }, { username: 'mysql' }, { username: '127.0.0.1' }]) {
      await assert.rejects(client(stranger).execute('select 1'), { status: 401 });
    }
    assert.doesNotMatch(gateway.logs(), /hunter2|select|insert/);
  });
});
