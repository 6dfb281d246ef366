// The vendor's own client on our gateway, and on sqld to know that the test is right.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createClient } from '@libsql/client';
import { startGateway, startSqld } from './servers.mjs';

for (const start of [startGateway, startSqld]) {
  describe(`@libsql/client on ${start === startSqld ? 'sqld' : 'the gateway'}`, () => {
    let server, db;
    before(async () => {
      server = await start();
      db = createClient({ url: server.url, authToken: server.token, intMode: 'bigint' });
      await db.executeMultiple(`
        create table users (id integer primary key, name text not null unique, data blob, score real);
        create table posts (id integer primary key, user_id integer not null references users (id));
        insert into users values (1, 'alice', x'00ff', 1.5);
      `);
    });
    after(async () => {
      db?.close();
      await server?.stop();
    });

    const names = async () => (await db.execute('select name from users order by name')).rows.map((row) => row.name);
    const fails = (promise, code, message) => assert.rejects(promise, (error) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });

    test('rows are made, read, changed and deleted', async () => {
      const made = await db.execute({ sql: 'insert into users values (?, ?, ?, ?)', args: [2, 'bob', null, null] });
      assert.equal(made.rowsAffected, 1);
      assert.equal(made.lastInsertRowid, 2n);
      const changed = await db.execute({ sql: 'update users set score = :score where name = :name', args: { score: 2.5, name: 'bob' } });
      assert.equal(changed.rowsAffected, 1);
      const found = await db.execute({ sql: 'select * from users where id = ?', args: [2] });
      assert.deepEqual(found.columns, ['id', 'name', 'data', 'score']);
      assert.deepEqual(found.columnTypes, ['INTEGER', 'TEXT', 'BLOB', 'REAL']);
      assert.deepEqual([...Object.values(found.rows[0])], [2n, 'bob', null, 2.5]);
      const deleted = await db.execute("delete from users where name = 'bob' returning id");
      assert.deepEqual([deleted.rowsAffected, deleted.rows[0].id], [1, 2n]);
      assert.equal((await db.execute('select 1 from users where id = 2')).rows.length, 0);
    });

    test('texts, blobs and numbers come back as they went', async () => {
      const values = ['é', '日本語', '👩‍👩‍👧', 'a\u0000b', '', "'; drop table users; --", '\u{10FFFF}', '"\\\n\r\t\b\f\u001f', 'x'.repeat(100_000)];
      for (const value of values) {
        const { rows } = await db.execute({ sql: 'select ? as v', args: [value] });
        assert.equal(rows[0].v, value);
      }
      for (const length of [0, 1, 2, 3, 4, 255, 100_001]) {
        const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
        const { rows } = await db.execute({ sql: 'select ? as v', args: [bytes] });
        assert.deepEqual(new Uint8Array(rows[0].v), bytes);
      }
      for (const number of [1.5, -0.1, 1e300, 5e-324, Number.MAX_VALUE]) {
        const { rows } = await db.execute({ sql: 'select ? as v', args: [number] });
        assert.equal(rows[0].v, number);
      }
    });

    test('integers around 2^53 and at the ends of 64 bits keep all their digits', async () => {
      for (const number of [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        const { rows } = await db.execute({ sql: 'select ? as v, ? + 0 as w', args: [number, number] });
        assert.deepEqual([rows[0].v, rows[0].w], [number, number]);
        const made = await db.execute({ sql: 'insert into users values (?, ?, null, null)', args: [number, `n${number}`] });
        assert.equal(made.lastInsertRowid, number);
      }
      await db.execute("delete from users where name like 'n%'");
    });

    test('a batch that fails leaves nothing behind', async () => {
      const batch = db.batch(
        ["insert into users values (10, 'carol', null, null)", "insert into users values (11, 'alice', null, null)"],
        'write',
      );
      await fails(batch, 'SQLITE_CONSTRAINT', /UNIQUE constraint failed: users\.name/);
      assert.deepEqual(await names(), ['alice']);
      const [inserted, read] = await db.batch(
        [{ sql: 'insert into users values (?, ?, null, null)', args: [10, 'carol'] }, 'select count(*) as n from users'],
        'write',
      );
      assert.deepEqual([inserted.rowsAffected, read.rows[0].n], [1, 2n]);
      await db.execute('delete from users where id = 10');
    });

    test('an interactive transaction is seen by others once it is committed, and not at all if rolled back', async () => {
      const write = await db.transaction('write');
      await write.execute("insert into users values (20, 'dave', null, null)");
      const own = await write.execute('select name from users where id = 20');
      assert.equal(own.rows[0].name, 'dave');
      assert.deepEqual(await names(), ['alice']);
      await write.commit();
      assert.deepEqual(await names(), ['alice', 'dave']);
      const undone = await db.transaction('write');
      await undone.execute('delete from users');
      await undone.rollback();
      assert.deepEqual(await names(), ['alice', 'dave']);
      await db.execute('delete from users where id = 20');
    });

    test('a transaction that reads sees one state of the database', async () => {
      const read = await db.transaction('read');
      const count = async () => (await read.execute('select count(*) as n from users')).rows[0].n;
      assert.equal(await count(), 1n);
      await db.execute("insert into users values (30, 'erin', null, null)");
      assert.equal(await count(), 1n);
      await assert.rejects(read.execute('delete from users'), { code: /^SQLITE_(BUSY|READONLY)$/ });
      await read.commit();
      await db.execute('delete from users where id = 30');
    });

    test('a transaction goes on after a statement that failed', async () => {
      const write = await db.transaction('write');
      await fails(write.execute("insert into users values (40, 'alice', null, null)"), 'SQLITE_CONSTRAINT', /UNIQUE/);
      await write.execute("insert into users values (40, 'frank', null, null)");
      await write.commit();
      assert.deepEqual(await names(), ['alice', 'frank']);
      await db.execute('delete from users where id = 40');
    });

    test('what is wrong with a statement is said', async () => {
      await fails(db.execute('selec 1'), 'SQL_PARSE_ERROR', /could not be parsed/);
      await fails(db.execute('select * from nowhere'), 'SQLITE_UNKNOWN', /no such table: nowhere/);
      await fails(db.execute('select nowhere from users'), 'SQL_INPUT_ERROR', /no such column: nowhere/);
      await fails(db.execute('select 1; select 2'), 'SQL_MANY_STATEMENTS', /more than one statement/);
      await fails(db.execute({ sql: 'select ?, ?', args: [1] }), 'ARGS_INVALID', /parameter 2 not found/);
      await fails(db.execute('insert into posts values (1, 99)'), 'SQLITE_CONSTRAINT', /FOREIGN KEY constraint failed/);
      await fails(db.execute('insert into users values (50, null, null, null)'), 'SQLITE_CONSTRAINT', /NOT NULL/);
    });

    test('a migration may turn foreign keys off, and they are on for the next', async () => {
      await db.migrate(['create table extra (id integer primary key)', 'insert into posts values (1, 99)']);
      assert.equal((await db.execute('select user_id from posts')).rows[0].user_id, 99n);
      await db.execute('delete from posts');
      for (let attempt = 0; attempt < 20; attempt += 1) {
        await fails(db.execute('insert into posts values (1, 99)'), 'SQLITE_CONSTRAINT', /FOREIGN KEY/);
      }
    });

    test('many writers at once all get their turn', async () => {
      await db.execute('create table counter (n integer)');
      await db.execute('insert into counter values (0)');
      const increments = Array.from({ length: 100 }, (_, i) => (i % 2
        ? db.execute('update counter set n = n + 1')
        : db.batch(['update counter set n = n + 1', 'select n from counter'], 'write')));
      await Promise.all(increments);
      assert.equal((await db.execute('select n from counter')).rows[0].n, 100n);
    });
  });
}
