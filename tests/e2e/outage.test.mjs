import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { assertProblem, call, login, logout, refresh, succeeded, tokensOf } from './client.mjs';
import { childrenOf, eventually, isRunning, killHydra, startIam } from './harness.mjs';
import { startSwitch } from './switch.mjs';

// Components wait 10 s for what is behind them, and requests 10 s for a component that is free.
const PATIENCE_MS = 15_000;
const PATIENCE_IN_A_QUEUE_MS = 25_000;

describe('when something behind us is out of reach', () => {
  let iam, database, redis, hydraPublic, hydraAdmin;

  before(async () => {
    [database, redis, hydraPublic, hydraAdmin] = await Promise.all(Array.from({ length: 4 }, startSwitch));
    iam = await startIam({
      env: {
        SPIN_VARIABLE_DATABASE_ORIGIN: database.origin,
        SPIN_VARIABLE_REDIS_ORIGIN: redis.origin,
        SPIN_VARIABLE_HYDRA_PUBLIC_URL: hydraPublic.origin,
        SPIN_VARIABLE_HYDRA_ADMIN_URL: hydraAdmin.origin,
      },
    });
    database.target(iam.state.database_origin);
    redis.target(iam.state.redis_origin);
    hydraPublic.target(iam.state.hydra_public_url);
    hydraAdmin.target(iam.state.hydra_admin_url);
  });
  after(async () => {
    await iam?.stop();
    await Promise.all([database, redis, hydraPublic, hydraAdmin].map((wire) => wire?.cut()));
  });
  beforeEach(async () => {
    await Promise.all([database, redis, hydraPublic, hydraAdmin].map((wire) => wire.mend()));
    succeeded(await login(iam));
  });

  const readiness = async () => {
    const answer = await call(iam, '/readyz');
    return [answer.status, answer.body.checks];
  };
  const fine = { database: 'ok', ephemeral: 'ok', oauth: 'ok' };
  const quick = async (promise, limit = PATIENCE_MS) => {
    const start = performance.now();
    const answer = await promise;
    assert.ok(performance.now() - start < limit, `${performance.now() - start} ms`);
    return answer;
  };

  test('nothing is, at first', async () => {
    assert.deepEqual(await readiness(), [200, fine]);
    assert.equal((await call(iam, '/healthz')).status, 200);
  });

  for (const how of ['cut', 'hang']) {
    test(`the database (${how}): login is 503 and works again as soon as it is back`, async () => {
      await database[how]();
      assertProblem(await quick(login(iam)), 503, 'database_unavailable');
      assertProblem(await quick(login(iam, { password: 'wrong' })), 503, 'database_unavailable');
      assert.deepEqual(await readiness(), [503, { ...fine, database: 'unavailable' }]);
      assert.equal((await call(iam, '/healthz')).status, 200);
      await database.mend();
      succeeded(await login(iam));
      assert.deepEqual(await readiness(), [200, fine]);
    });

    test(`Hydra (${how}): all that needs it is 503 and works again as soon as it is back`, async () => {
      const { refresh_token } = await tokensOf(iam);
      await Promise.all([hydraPublic[how](), hydraAdmin[how]()]);
      const form = { grant_type: 'refresh_token', client_id: iam.dev.client_id, refresh_token };
      const [loggedIn, refreshed, loggedOut, keys, token] = await quick(Promise.all([
        login(iam),
        refresh(iam, refresh_token),
        logout(iam, refresh_token),
        call(iam, '/.well-known/jwks.json'),
        call(iam, '/oauth2/token', { method: 'POST', body: new URLSearchParams(form) }),
      ]));
      for (const answer of [loggedIn, refreshed, loggedOut, keys]) assertProblem(answer, 503, 'oauth_unavailable');
      assert.deepEqual([token.status, token.body.error], [503, 'temporarily_unavailable']);
      assert.match(token.headers.get('retry-after'), /^\d+$/);
      assert.deepEqual(await readiness(), [503, { ...fine, oauth: 'unavailable' }]);
      await Promise.all([hydraPublic.mend(), hydraAdmin.mend()]);
      succeeded(await login(iam));
      // What was refused for lack of Hydra has used nothing up.
      succeeded(await refresh(iam, refresh_token));
    });
  }

  test('Hydra’s admin API alone: login is 503', async () => {
    await hydraAdmin.cut();
    assertProblem(await quick(login(iam)), 503, 'oauth_unavailable');
  });

  test('the database during a refresh: it is 503, and the refresh token is good afterwards', async () => {
    const { refresh_token } = await tokensOf(iam);
    await database.cut();
    const answer = await quick(refresh(iam, refresh_token));
    assert.equal(answer.status, 503, answer.text);
    assert.match(answer.headers.get('retry-after'), /^\d+$/);
    await database.mend();
    succeeded(await refresh(iam, refresh_token));
  });

  test('the ephemeral store: readiness says so', async () => {
    await redis.cut();
    assert.deepEqual(await readiness(), [503, { ...fine, ephemeral: 'unavailable' }]);
    await redis.mend();
    assert.deepEqual(await readiness(), [200, fine]);
  });

  test('a Hydra that stands still: 20 logins at once all hear of it in time, and the next works', async () => {
    const direct = await startIam();
    const [hydra] = childrenOf(direct.pid);
    try {
      process.kill(hydra.pid, 'SIGSTOP');
      const logins = Array.from({ length: 20 }, () => login(direct));
      const answers = await quick(Promise.all(logins), PATIENCE_IN_A_QUEUE_MS);
      for (const answer of answers) {
        // Those that found the queue full were told so at once.
        if (answer.body.code === 'overloaded') assertProblem(answer, 503, 'overloaded', { traced: false });
        else assertProblem(answer, 503, 'oauth_unavailable');
      }
      process.kill(hydra.pid, 'SIGCONT');
      succeeded(await quick(login(direct)));
    } finally {
      process.kill(hydra.pid, 'SIGCONT');
      await direct.stop();
    }
  });

  test('a Hydra that was killed is started again, and logins from before go on', async () => {
    const { refresh_token } = await tokensOf(iam);
    const killed = killHydra(iam);
    assertProblem(await login(iam), 503, 'oauth_unavailable');
    await eventually(async () => (await login(iam)).status === 200, { within: 30_000 });
    succeeded(await refresh(iam, refresh_token));
    assert.equal(isRunning(killed), false);
    assert.equal(isRunning(iam.pid), true);
  });
});
