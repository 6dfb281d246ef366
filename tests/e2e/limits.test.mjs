// Rate limits and lockout, as an attacker and the user beside them see them. A proxy in front of us
// is trusted, so that each request can come from an address of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { operator } from './admin.mjs';
import { assertProblem, call, loginBody, post, succeeded } from './client.mjs';
import { addUser } from './fixtures.mjs';
import { NO_LIMITS, startIam } from './harness.mjs';
import { startSwitch } from './switch.mjs';

const HOME = '192.0.2.1';
const NEXT_TO_HOME = '192.0.2.200';

describe('limits on logins', () => {
  let iam, redis;
  before(async () => {
    redis = await startSwitch();
    iam = await startIam({
      env: {
        SPIN_VARIABLE_LOGIN_LIMITS: 'ip=6/3600 account=3/3600',
        SPIN_VARIABLE_REDIS_ORIGIN: redis.origin,
        SPIN_VARIABLE_TRUSTED_PROXY_HOPS: '1',
      },
    });
    redis.target(iam.state.redis_origin);
  });
  after(async () => {
    await iam?.stop();
    await redis?.cut();
  });

  const loginFrom = (forwarded, change) =>
    post(iam, '/auth/login', loginBody(iam, change), { 'x-forwarded-for': forwarded });
  /** Fails from a new address each time, until that is refused; gives the refusal. */
  const lockOut = async (change) => {
    for (let tries = 0; tries < 10; tries += 1) {
      const answer = await loginFrom(stranger(), { ...change, password: 'wrong' });
      if (answer.status === 429) return answer;
      assertProblem(answer, 401, 'invalid_credentials');
    }
    assert.fail('never locked out');
  };
  const retryAfter = (answer) => Number(answer.headers.get('retry-after'));
  const limitOf = (answer) => answer.headers.get('ratelimit');

  test('every answer says how often an address may still try', async () => {
    const ip = stranger();
    const good = await loginFrom(ip);
    succeeded(good);
    assert.equal(good.headers.get('ratelimit-policy'), '"login-ip";q=6;w=3600');
    assert.match(limitOf(good), /^"login-ip";r=5;t=3[56]\d\d$/);
    const bad = await loginFrom(ip, { password: 'wrong' });
    assertProblem(bad, 401, 'invalid_credentials');
    assert.match(limitOf(bad), /^"login-ip";r=4;t=3[56]\d\d$/);
  });

  test('an address has so many tries, whatever it says of itself', async () => {
    const ip = stranger();
    for (let tries = 0; tries < 6; tries += 1) {
      assertProblem(await loginFrom(ip, { username: `nobody-${tries}` }), 401, 'invalid_credentials');
    }
    for (const forged of [ip, `9.9.9.9, ${ip}`, `${stranger()}, unknown, ${ip}`]) {
      const refused = await loginFrom(forged, { username: 'nobody-7' });
      assertProblem(refused, 429, 'too_many_requests');
      assert.ok(retryAfter(refused) > 3000, refused.headers.get('retry-after'));
      assert.match(limitOf(refused), /^"login-ip";r=0;t=3\d\d\d$/);
    }
    assertProblem(await loginFrom(stranger(), { username: 'nobody-8' }), 401, 'invalid_credentials');
  });

  test('who guesses from many addresses has to wait, and a guess that is right is not looked at', async () => {
    const username = await someUser('guessed');
    const refused = await lockOut({ username });
    assertProblem(refused, 429, 'too_many_requests');
    assert.ok(retryAfter(refused) >= 1);
    assert.match(limitOf(refused), /"login-account";r=0;t=\d+$/);
    assert.match(refused.headers.get('ratelimit-policy'), /"login-account";q=3;w=3600$/);
    // The delay doubles, so that after a few more the next one is not over before it is tried.
    let locked = refused;
    while (retryAfter(locked) < 8) {
      await new Promise((resolve) => setTimeout(resolve, retryAfter(locked) * 1000));
      locked = await lockOut({ username });
    }
    assertProblem(await loginFrom(stranger(), { username }), 429, 'too_many_requests');
  });

  test('a user who does not exist is locked out as one who does', async () => {
    const answers = async (username) => {
      const seen = [];
      for (let tries = 0; tries < 4; tries += 1) {
        const { status, body } = await loginFrom(stranger(), { username, password: 'wrong' });
        seen.push([status, body.code]);
      }
      return seen;
    };
    const existing = await answers(await someUser('existing'));
    assert.deepEqual(await answers('not-existing'), existing);
  });

  test('a stranger does not lock out who comes from a network or device they have logged in from', async () => {
    const username = await someUser('victim');
    const { device_token } = succeeded(await loginFrom(HOME, { username, remember_device: true }));
    assert.match(device_token, /^[\w-]{43}$/);
    await lockOut({ username });
    succeeded(await loginFrom(NEXT_TO_HOME, { username }));
    const away = succeeded(await loginFrom(stranger(), { username, device_token, remember_device: true }));
    assert.equal(away.device_token, undefined, 'a device that is known stays the same');
    // A token opens the way of its own user only, and no token opens it for everybody.
    const other = await someUser('other-victim');
    for (const token of [device_token, 'A'.repeat(43), '']) {
      await lockOut({ username: other, device_token: token });
    }
  });

  test('a good login gives new tries, and no device token unless it is asked for', async () => {
    const username = await someUser('forgetful');
    for (let round = 0; round < 2; round += 1) {
      for (let tries = 0; tries < 2; tries += 1) {
        const answer = await loginFrom(stranger(), { username, password: 'wrong' });
        assertProblem(answer, 401, 'invalid_credentials');
      }
      assert.equal(succeeded(await loginFrom(stranger(), { username })).device_token, undefined);
    }
  });

  test('the audit log has the address of the client, not that of the proxy', async () => {
    const username = `traced-${process.pid}`;
    const target = await addUser(iam, username);
    succeeded(await loginFrom(`9.9.9.9, ${HOME}`, { username }));
    const acting = operator(iam, iam.dev.tenant);
    const { origin } = await acting.only('audit-events', { target, action: 'login.succeeded' });
    assert.equal(origin.ip, HOME);
  });

  test('without the store of counters nobody is let in, and the client is told to come back', async () => {
    await redis.cut();
    assertProblem(await loginFrom(stranger()), 503, 'ephemeral_unavailable');
    await redis.mend();
    succeeded(await loginFrom(stranger()));
  });

  let users = 0;
  async function someUser(name) {
    const username = `${name}-${(users += 1)}`;
    await addUser(iam, username);
    return username;
  }
});

describe('without trusted proxies', () => {
  let iam;
  before(async () => {
    iam = await startIam({ env: { SPIN_VARIABLE_LOGIN_LIMITS: `${NO_LIMITS} ip=2/3600` } });
  });
  after(() => iam?.stop());

  test('nobody says who they are', async () => {
    const from = (headers) => post(iam, '/auth/login', loginBody(iam), headers);
    for (const headers of [{ 'x-forwarded-for': '9.9.9.1' }, { forwarded: 'for=9.9.9.2' }]) {
      succeeded(await from(headers));
    }
    for (const name of ['x-forwarded-for', 'forwarded', 'cf-connecting-ip', 'spin-client-addr', 'x-real-ip']) {
      assertProblem(await from({ [name]: '9.9.9.3' }), 429, 'too_many_requests');
    }
    assert.equal((await call(iam, '/healthz')).status, 200);
  });
});

/** An address in a network that nothing has come from yet. */
let networks = 0;
function stranger() {
  networks += 1;
  return `198.18.${networks}.1`;
}
