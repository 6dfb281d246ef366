// Commands of MongoDB through the gateway by plain fetch, in front of FerretDB v1; what they did is
// looked at by MongoDB's own driver past the gateway, and the other way round.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Long, MongoClient } from 'mongodb';
import { post, startGateway, startServer } from './servers.mjs';

describe('/mongo on the gateway', () => {
  let database, gateway, driver, things;
  before(async () => {
    database = await startServer('ferretdb');
    const server = `mongodb://127.0.0.1:${database.port}`;
    gateway = await startGateway({ targets: { shop: `${server}/shop`, gone: 'mongodb://127.0.0.1:1/gone' } });
    driver = await new MongoClient(server).connect();
    things = driver.db('shop').collection('things');
  });
  after(async () => {
    await driver?.close();
    await gateway?.stop();
    await database?.stop();
  });
  beforeEach(() => things.deleteMany({}));

  const ask = (commands, { database = 'shop', ...rest } = {}) => post(gateway, '/mongo', { database, commands }, rest);
  const run = async (...commands) => {
    const answer = await ask(commands);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };

  test('what is written by the gateway is read by the driver', async () => {
    const big = 9007199254740993n;
    const text = `é 日本語 👩‍👩‍👧 '"\\ \n;--`;
    const document = { _id: 'a', text, big: { $numberLong: String(big) }, nothing: null, many: ['x', 'y'] };
    const { results } = await run({ insert: 'things', documents: [document] });
    assert.deepEqual(results, [{ n: { $numberInt: '1' } }]);
    const read = await things.findOne({ _id: 'a' }, { promoteLongs: false });
    assert.equal(read.text, text);
    assert.ok(read.big instanceof Long && read.big.toBigInt() === big);
    assert.deepEqual([read.nothing, read.many], [null, ['x', 'y']]);
  });

  test('what is written by the driver is read by the gateway', async () => {
    await things.insertMany([{ _id: 'a', n: 1 }, { _id: 'b', n: Long.fromString('9223372036854775807') }, { _id: 'c' }]);
    const { results, stopped } = await run({ find: 'things', filter: {}, sort: { _id: -1 }, limit: 2 }, { count: 'things', query: {} });
    assert.deepEqual(results, [
      { documents: [{ _id: 'c' }, { _id: 'b', n: { $numberLong: '9223372036854775807' } }] },
      { n: { $numberInt: '3' } },
    ]);
    assert.equal(stopped, false);
  });

  test('a command refers to what others before it found', async () => {
    await things.insertMany([
      { _id: 'u', roles: ['r1', 'r2'] }, { _id: 'g', roles: ['r2', 'r3'] },
      { _id: 'r1' }, { _id: 'r2' }, { _id: 'r3' }, { _id: 'r4' },
    ]);
    const joined = { $in: { $from: [{ step: 0, path: 'roles' }, { step: 1, path: 'roles' }] } };
    const { results } = await run(
      { find: 'things', filter: { _id: 'u' } },
      { find: 'things', filter: { _id: 'g' } },
      { find: 'things', filter: { _id: joined }, sort: { _id: 1 } },
    );
    assert.deepEqual(results[2].documents.map(({ _id }) => _id), ['r1', 'r2', 'r3']);
    const later = await ask([{ find: 'things', filter: { _id: { $in: { $from: [{ step: 0, path: '_id' }] } } } }]);
    assert.equal(later.status, 400);
    assert.equal(later.json.step, 0);
  });

  test('a closure goes on until nothing is new, in a circle too', async () => {
    await things.insertMany([
      { _id: 'a', next: 'b' }, { _id: 'b', next: ['c', 'd'] }, { _id: 'c', next: 'a' }, { _id: 'd' }, { _id: 'e', next: 'a' },
    ]);
    const { results } = await run({ closure: 'things', filter: {}, startWith: ['b'], connectFromField: 'next', connectToField: '_id' });
    assert.deepEqual(results[0].documents.map(({ _id }) => _id).sort(), ['a', 'b', 'c', 'd']);
  });

  test('a command that must and does not ends the request', async () => {
    await things.insertOne({ _id: 'a', v: 1 });
    const take = { findAndModify: 'things', query: { _id: 'a', v: 1 }, update: { $set: { v: 2 } }, new: true, must: true };
    const mark = { insert: 'things', documents: [{ _id: 'done' }], must: true };
    const first = await run(take, mark);
    assert.deepEqual([first.results.length, first.stopped], [2, false]);
    assert.deepEqual(first.results[0].value, { _id: 'a', v: { $numberInt: '2' } });
    const second = await run(take, mark);
    assert.deepEqual(second, { results: [{ value: null }], stopped: true });
    const again = await run(mark, take);
    assert.equal(again.stopped, true);
    assert.deepEqual(again.results[0].writeErrors, [{ index: { $numberInt: '0' }, code: { $numberInt: '11000' } }]);
  });

  test('of many who change one document at one version one succeeds', async () => {
    await things.insertOne({ _id: 'a', v: 0 });
    const take = { findAndModify: 'things', query: { _id: 'a', v: 0 }, update: { $set: { v: 1 } } };
    const all = await Promise.all(Array.from({ length: 100 }, () => run(take)));
    assert.equal(all.filter(({ results }) => results[0].value !== null).length, 1);
  });

  test('only what is on the list is served, and nothing that runs code', async () => {
    for (const command of [
      { dropDatabase: 1 }, { eval: '1' }, { aggregate: 'things', pipeline: [], cursor: {} }, { find: 'system.users' },
      { find: 'things', filter: { $where: 'sleep(1000)' } }, { find: 'things', filter: { $or: [{ $expr: {} }] } },
      { find: 'things', comment: 'x' }, { insert: 'things', documents: [], writeConcern: { w: 0 } },
    ]) {
      const answer = await ask([command]);
      assert.equal(answer.status, 400, JSON.stringify(command));
      assert.deepEqual([answer.json.error_code, answer.json.step], ['InvalidParameter', 0]);
    }
  });

  test('an error of the database has its code and repeats no value', async () => {
    await things.insertOne({ _id: 'a', a: 1 });
    const answer = await ask([{ ping: 1 }, { find: 'things', filter: { a: { $hunter2: 'hunter2' } } }]);
    assert.equal(answer.status, 400);
    const { error, error_code, code, step } = answer.json;
    assert.deepEqual([error, error_code, step], ['the database refused a command', 'CommandFailed', 1]);
    assert.equal(typeof code, 'number');
    assert.ok(!answer.text.includes('hunter2'));
    assert.ok(!gateway.logs().includes('hunter2'));
  });

  test('a database is named by its alias and by nothing else', async () => {
    for (const name of ['nowhere', `mongodb://127.0.0.1:${database.port}/shop`, '']) {
      const answer = await ask([{ ping: 1 }], { database: name });
      assert.deepEqual([answer.status, answer.json.error_code], [400, 'InvalidParameter']);
    }
    for (const body of ['', '[]', '{"database":"shop"}', '{"database":"shop","commands":[],"x":1}', '{"database":"shop","commands":[1]}']) {
      assert.equal((await post(gateway, '/mongo', body)).status, 400, body);
    }
  });

  test('a database that is not there is said to be so', async () => {
    const answer = await ask([{ ping: 1 }], { database: 'gone' });
    assert.deepEqual([answer.status, answer.json.error_code], [503, 'Unreachable']);
  });

  test('strangers are not let in, and an answer that is too large is refused', async () => {
    assert.equal((await ask([{ ping: 1 }], { token: 'another' })).status, 401);
    const many = Array.from({ length: 12 }, (_, n) => ({ _id: `${n}`, text: 'x'.repeat(1024 * 1024) }));
    for (const document of many) {
      await things.insertOne(document);
    }
    const answer = await ask([{ find: 'things', filter: {} }]);
    assert.deepEqual([answer.status, answer.json.error_code], [507, 'ResponseTooLarge']);
  });
});
