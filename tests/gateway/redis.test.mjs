// Upstash's own client on our gateway.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from '@upstash/redis';
import { startGateway, startServer } from './servers.mjs';

const stores = {
  memory: () => startGateway(),
  'a Redis': async () => {
    const store = await startServer('redis');
    const gateway = await startGateway({ env: { IAM_GATEWAY_REDIS: `redis://:iam@127.0.0.1:${store.port}/1` } });
    return { ...gateway, stop: async () => [await gateway.stop(), await store.stop()] };
  },
};

for (const [store, start] of Object.entries(stores)) for (const responseEncoding of ['base64', false]) {
  describe(`@upstash/redis on ${store}, ${responseEncoding ? 'in base64' : 'in plain text'}`, () => {
    let server, redis;
    before(async () => {
      server = await start();
      redis = client();
    });
    after(() => server?.stop());
    beforeEach(() => redis.del('a', 'b', 'n'));

    const client = (token = server.token) => new Redis({
      url: server.url, token, responseEncoding, automaticDeserialization: false, retry: false, enableTelemetry: false,
    });

    test('values come back as they went', async () => {
      assert.equal(await redis.ping(), 'PONG');
      for (const value of ['1', 'é', '日本語', '👩‍👩‍👧', '', 'OK', 'null', '"', '{"a":1}', 'x'.repeat(100_000)]) {
        assert.equal(await redis.set('a', value), 'OK');
        assert.equal(await redis.get('a'), value);
      }
      assert.equal(await redis.get('b'), null);
      assert.deepEqual(await redis.mget('a', 'b'), ['x'.repeat(100_000), null]);
      assert.equal(await redis.exists('a', 'b'), 1);
      assert.equal(await redis.del('a', 'b'), 1);
    });

    test('objects go through the serialization of the client', async () => {
      const typed = new Redis({ url: server.url, token: server.token, responseEncoding });
      await typed.set('a', { name: 'é', list: [1, null, true] });
      assert.deepEqual(await typed.get('a'), { name: 'é', list: [1, null, true] });
    });

    test('a value can be set if there is none, if there is one, and for the old one', async () => {
      assert.equal(await redis.set('a', '1', { xx: true }), null);
      assert.equal(await redis.set('a', '1', { nx: true }), 'OK');
      assert.equal(await redis.set('a', '2', { nx: true }), null);
      assert.equal(await redis.set('a', '3', { get: true }), '1');
    });

    test('a value is gone when its time is over', async () => {
      await redis.set('a', '1', { ex: 100 });
      await redis.set('b', '1', { px: 300 });
      assert.equal(await redis.ttl('a'), 100);
      const left = await redis.pttl('b');
      assert.ok(left > 0 && left <= 300, String(left));
      await redis.set('a', '2', { keepTtl: true });
      assert.equal(await redis.ttl('a'), 100);
      await sleep(350);
      assert.equal(await redis.get('b'), null);
      assert.equal(await redis.ttl('b'), -2);
      assert.equal(await redis.expire('a', -1), 1);
      assert.equal(await redis.exists('a'), 0);
    });

    test('a counter counts a window: its time is set once', async () => {
      const hit = () => redis.multi().incr('n').pexpire('n', 60_000, 'NX').exec();
      assert.deepEqual(await hit(), [1, 1]);
      await sleep(20);
      assert.deepEqual(await hit(), [2, 0]);
      assert.ok(await redis.pttl('n') < 60_000);
      assert.equal(await redis.incrby('n', 40), 42);
      assert.equal(await redis.get('n'), '42');
    });

    test('of a hundred who take a value at once exactly one gets it', async () => {
      await redis.set('a', 'ticket');
      const takers = Array.from({ length: 100 }, () => client().getdel('a'));
      const taken = (await Promise.all(takers)).filter((value) => value !== null);
      assert.deepEqual(taken, ['ticket']);
    });

    test('a transaction has no command of others in between, a pipeline may', async () => {
      const steps = 50;
      const count = async () => {
        const transaction = client().multi();
        for (let step = 0; step < steps; step += 1) transaction.incr('n');
        return transaction.exec();
      };
      for (const numbers of await Promise.all(Array.from({ length: 40 }, count))) {
        assert.deepEqual(numbers, Array.from({ length: steps }, (_, step) => numbers[0] + step));
      }
      assert.equal(await redis.get('n'), String(40 * steps));
    });

    test('a transaction that cannot be understood does nothing', async () => {
      const transaction = redis.multi();
      transaction.set('a', '1');
      transaction.flushall();
      await assert.rejects(transaction.exec(), /EXECABORT/);
      assert.equal(await redis.get('a'), null);
    });

    test('what is wrong is said', async () => {
      await redis.set('a', 'no number');
      await assert.rejects(redis.incr('a'), /ERR value is not an integer or out of range/);
      await assert.rejects(redis.flushall(), /ERR unknown command/);
      await assert.rejects(client('another').get('a'), /WRONGPASS/);
      const results = await redis.pipeline().incr('a').get('a').exec({ keepErrors: true });
      assert.match(results[0].error, /ERR value is not an integer/);
      assert.equal(results[1].result, 'no number');
    });
  });
}
