import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertProblem, call, login, loginBody, pointers, post, rawRequest, succeeded } from './client.mjs';
import { startIam } from './harness.mjs';

const JSON_TYPE = { 'content-type': 'application/json' };
const MAX_BODY = 64 * 1024;

describe('bad input', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('each field that is missing is named', async () => {
    for (const field of ['tenant', 'username', 'password', 'client_id']) {
      const problem = assertProblem(await login(iam, { [field]: undefined }), 400, 'invalid_request');
      assert.deepEqual(pointers(problem), [`/${field}`]);
    }
    const problem = assertProblem(await post(iam, '/auth/login', {}), 400, 'invalid_request');
    assert.deepEqual(pointers(problem), ['/client_id', '/password', '/tenant', '/username']);
    const refresh = assertProblem(await post(iam, '/auth/refresh', {}), 400, 'invalid_request');
    assert.deepEqual(pointers(refresh), ['/client_id', '/refresh_token']);
    const logout = assertProblem(await post(iam, '/auth/logout', {}), 400, 'invalid_request');
    assert.deepEqual(pointers(logout), ['/client_id', '/token']);
  });

  test('a field that nobody asked for is named', async () => {
    const answer = await login(iam, { remember_me: true, 'a/b~c': 1 });
    assert.deepEqual(pointers(assertProblem(answer, 400, 'invalid_request')), ['/a~1b~0c', '/remember_me']);
  });

  test('a field of another type is named', async () => {
    for (const field of ['tenant', 'username', 'password', 'client_id', 'scope']) {
      for (const wrong of [1, true, [], {}, ['x']]) {
        const problem = assertProblem(await login(iam, { [field]: wrong }), 400, 'invalid_request');
        assert.deepEqual(pointers(problem), [`/${field}`], JSON.stringify(wrong));
      }
    }
  });

  test('a value that cannot be one is named', async () => {
    const wrong = {
      tenant: ['', 'Demo', 'de mo', 'demo-', 'x'.repeat(64), 'demo\u0000'],
      username: ['', 'a b', 'alice\u0000', 'x'.repeat(129), '\u{1F600}'],
      password: ['', 'x'.repeat(8193)],
      client_id: ['', 'demo app', 'x'.repeat(65), 'demo/app', 'dëmo'],
      scope: ['openid "', 'a\\b', 'openid\tprofile', 'ö'],
    };
    for (const [field, values] of Object.entries(wrong)) {
      for (const value of values) {
        const problem = assertProblem(await login(iam, { [field]: value }), 400, 'invalid_request');
        assert.deepEqual(pointers(problem), [`/${field}`], JSON.stringify(value));
        assert.match(problem.errors[0].detail, /\w/);
      }
    }
  });

  test('what is no JSON object is invalid_json', async () => {
    const good = JSON.stringify(loginBody(iam));
    const bad = ['', ' ', '{', '}', 'null', '[]', '"x"', '1', good.slice(0, -1), `${good}x`, `\uFEFF${good}`,
      good.replaceAll('"', "'"), `${good}${good}`, '{"tenant":NaN}', '{"password":"\\ud800"}'];
    for (const path of ['/auth/login', '/auth/refresh', '/auth/logout']) {
      for (const body of bad) assertProblem(await post(iam, path, body), 400, 'invalid_json');
    }
  });

  test('a body that is not UTF-8 is invalid_json', async () => {
    const body = Buffer.from(JSON.stringify(loginBody(iam, { username: 'al\u00FFce' })), 'latin1');
    const answer = await call(iam, '/auth/login', { method: 'POST', headers: JSON_TYPE, body });
    assertProblem(answer, 400, 'invalid_json');
  });

  test('no body at all is invalid_json', async () => {
    const answer = await call(iam, '/auth/login', { method: 'POST', headers: JSON_TYPE });
    assertProblem(answer, 400, 'invalid_json');
  });

  test('JSON that is nested deeply is refused and breaks nothing', async () => {
    for (const depth of [200, 5_000, 30_000]) {
      const nested = `{"tenant":${'['.repeat(depth)}${']'.repeat(depth)}}`;
      assertProblem(await post(iam, '/auth/login', nested), 400, 'invalid_json');
    }
    succeeded(await login(iam));
  });

  test('another content type, or none, is refused', async () => {
    const body = JSON.stringify(loginBody(iam));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'json', 'text/json']) {
      assertProblem(await post(iam, '/auth/login', body, { 'content-type': type }), 415, 'unsupported_media_type');
    }
    const none = await rawRequest(iam, { path: '/auth/login', write: (r) => r.end(body) });
    assertProblem(none, 415, 'unsupported_media_type');
    succeeded(await post(iam, '/auth/login', body, { 'content-type': 'Application/JSON; charset=utf-8' }));
  });

  test('a body of the largest size is read, and one byte more is too much', async () => {
    const fill = (size) => JSON.stringify(loginBody(iam)).padEnd(size);
    succeeded(await post(iam, '/auth/login', fill(MAX_BODY)));
    assertProblem(await post(iam, '/auth/login', fill(MAX_BODY + 1)), 413, 'payload_too_large');
  });

  test('a body of 10 MB is refused at once, announced or not', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 'x');
    for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
      const start = performance.now();
      const answer = await rawRequest(iam, {
        path: '/auth/login',
        headers: { ...JSON_TYPE, ...headers },
        write: (request) => request.end(body),
      });
      assertProblem(answer, 413, 'payload_too_large');
      assert.ok(performance.now() - start < 5_000);
    }
    succeeded(await login(iam));
  });

  test('a body without an end is refused without waiting for it', async () => {
    let stopped = false;
    const answer = await rawRequest(iam, {
      path: '/auth/login',
      headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' },
      write(request) {
        request.on('close', () => (stopped = true));
        const chunk = Buffer.alloc(16 * 1024, ' ');
        const more = () => stopped || request.write(chunk, () => setImmediate(more));
        more();
      },
    });
    assertProblem(answer, 413, 'payload_too_large');
  });

  test('another method is refused with those that there are', async () => {
    const open = { '/auth/login': ['GET', 'POST'], '/auth/logout': ['GET', 'POST'], '/auth/refresh': ['POST'] };
    for (const [path, methods] of Object.entries(open)) {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH'].filter((method) => !methods.includes(method))) {
        const answer = await call(iam, path, { method });
        assertProblem(answer, 405, 'method_not_allowed');
        assert.deepEqual(answer.headers.get('allow').split(', ').sort(), methods, path);
      }
    }
    const answer = await call(iam, '/.well-known/jwks.json', { method: 'POST' });
    assertProblem(answer, 405, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), 'GET');
  });

  test('a path that leads nowhere is not_found', async () => {
    for (const path of ['/.well-known/nothing', '/oauth2/nothing', '/oauth2/token/']) {
      assertProblem(await call(iam, path), 404, 'not_found');
    }
    for (const path of ['/', '/auth', '/auth/login/', '/auth/login/x', '/auth//login', '/AUTH/LOGIN']) {
      assertProblem(await post(iam, path, loginBody(iam)), 404, 'not_found', { traced: false });
    }
  });
});
