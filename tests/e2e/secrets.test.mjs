import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { call, login, loginBody, logout, post, refresh, tokensOf } from './client.mjs';
import { killHydra, startIam } from './harness.mjs';

const GUESS = 'a-guess-that-must-not-be-repeated';

describe('secrets', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('no error repeats a password or a token', async () => {
    const { refresh_token, access_token } = await tokensOf(iam);
    const guesses = [
      await login(iam, { password: GUESS }),
      await login(iam, { password: GUESS, tenant: 'No Such' }),
      await login(iam, { password: [GUESS] }),
      await login(iam, { password: GUESS.repeat(300) }),
      await post(iam, '/auth/login', `{"password":"${GUESS}"`),
      await post(iam, '/auth/login', `{"password":${GUESS}}`),
      await post(iam, '/auth/login', `"${GUESS}"`),
      await post(iam, '/auth/login', loginBody(iam, { password: GUESS }), { 'content-type': 'text/plain' }),
      await refresh(iam, GUESS),
      await call(iam, '/oauth2/token', { method: 'POST', body: new URLSearchParams({ grant_type: GUESS }) }),
      await call(iam, '/oauth2/token', {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'refresh_token', client_id: iam.dev.client_id, refresh_token: GUESS }),
      }),
      await post(iam, '/internal/token-hook', {}, { 'x-token-hook-key': GUESS }),
    ];
    for (const answer of guesses) {
      assert.ok(answer.status >= 400, answer.text);
      assert.ok(!answer.text.includes(GUESS), answer.text);
    }
    await logout(iam, refresh_token);
    for (const answer of [await refresh(iam, refresh_token), await refresh(iam, access_token)]) {
      assert.equal(answer.status, 401);
      assert.ok(![refresh_token, access_token].some((token) => answer.text.includes(token)), answer.text);
    }
  });

  test('no log has a password, a token or a key in it, whatever went wrong', async () => {
    const tokens = await tokensOf(iam);
    const renewed = (await refresh(iam, tokens.refresh_token)).body;
    await refresh(iam, tokens.refresh_token); // Reuse.
    await login(iam, { password: GUESS });
    killHydra(iam);
    const down = await login(iam);
    await refresh(iam, renewed.refresh_token);
    await logout(iam, renewed.refresh_token);
    assert.equal(down.status, 503, down.text);

    const logs = { iam: iam.logs(), hydra: iam.hydraLogs() };
    assert.match(logs.iam, new RegExp(down.body.trace_id), 'the failure is in the log under its trace id');
    const { token_hook_key, database_token, redis_token } = iam.state;
    const secrets = { guess: GUESS, password: iam.dev.password, token_hook_key, database_token, redis_token };
    for (const [kind, answer] of Object.entries({ login: tokens, refresh: renewed })) {
      for (const name of ['access_token', 'refresh_token', 'id_token']) {
        // The signature alone would do for whoever can guess the rest.
        secrets[`${kind} ${name}`] = answer[name].split('.').at(-1);
      }
    }
    for (const [log, text] of Object.entries(logs)) {
      for (const [name, secret] of Object.entries(secrets)) {
        const line = text.split('\n').find((line) => line.includes(secret));
        assert.equal(line, undefined, `the log of ${log} has the ${name}`);
      }
    }
  });

  test('the files with secrets are for their owner alone', () => {
    for (const name of ['state.json', 'dev.json']) {
      assert.equal(statSync(join(iam.dir, name)).mode & 0o077, 0, name);
    }
    assert.equal(statSync(iam.dir).mode & 0o077, 0);
  });
});
