// A tenant's policy: how it is put in charge, what it decides, and that it cannot take the server down.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { addAdmin, addPerson, addRole, addTenant, done, fresh, loginTo } from './admin.mjs';
import { assertProblem, login, payload, pointers, refresh, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { assertStep } from './steps.mjs';

const policy = (...rules) => `package iam.policy\n\n${rules.join('\n\n')}\n`;
const ALLOW = 'default allow := true';

describe('policies', () => {
  let iam, tenant, admin, person;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());
  beforeEach(async () => {
    tenant = await addTenant(iam);
    admin = tenant.operator;
    person = await addPerson(admin, { attributes: { contractor: true, level: 3 } });
  });

  const as = () => loginTo(tenant, person.username);
  const upload = (source) => admin.make('policies', { source });
  const refused = async (source) => {
    const problem = assertProblem(await admin.post('policies', { source }), 400, 'invalid_request');
    assert.deepEqual(pointers(problem), ['/source']);
    return problem.errors[0].detail;
  };
  const activate = async (id) => done(await admin.post(`policies/${id}:activate`));
  async function decideBy(...rules) {
    const made = await upload(policy(...rules));
    await activate(made.id);
    return made;
  }

  test('a source that is no Rego is refused with the line, and one without the package or allow too', async () => {
    assert.match(await refused(policy(ALLOW, 'deny contains "x" if {', '  input.user ==', '}')), /line \d+/);
    assert.match(await refused(policy(ALLOW, 'deny contains "x" if { unknown_function(1) }')), /line 5|unknown_function/);
    assert.match(await refused(`package other\n\n${ALLOW}\n`), /iam\.policy/);
    assert.match(await refused(policy('deny contains "x" if { false }')), /allow/);
    assert.match(await refused(policy(ALLOW, 'deny contains "x" if { http.send({"method": "get", "url": "http://127.0.0.1"}) }')), /\w/);
    await refused('');
    assert.deepEqual(await admin.all('policies'), []);
  });

  test('a policy whose own tests fail is not taken', async () => {
    const rules = [ALLOW, 'deny contains "contractor" if { input.user.attributes.contractor }'];
    const passes = 'test_contractor if { deny["contractor"] with input as {"user": {"attributes": {"contractor": true}}} }';
    const fails = 'test_nobody if { count(deny) == 0 with input as {"user": {"attributes": {"contractor": true}}} }';
    const detail = await refused(policy(...rules, passes, fails));
    assert.match(detail, /test_nobody/);
    assert.doesNotMatch(detail, /test_contractor/);
    await upload(policy(...rules, passes));
  });

  test('a version is numbered, decides nothing until it is activated, and never changes', async () => {
    const first = await upload(policy('default allow := false'));
    const second = await upload(policy(ALLOW));
    assert.deepEqual([first.number, second.number, first.active], [1, 2, false]);
    succeeded(await login(iam, as()));
    await activate(first.id);
    assertProblem(await login(iam, as()), 403, 'policy_denied');
    assert.equal((await admin.read(`policies/${first.id}`)).active, true);
    assertProblem(await admin.patch(`policies/${first.id}`, { source: '' }), 405, 'method_not_allowed');
    assertProblem(await admin.remove(`policies/${first.id}`), 409, 'in_use');
    done(await admin.remove(`policies/${second.id}`));
  });

  test('a denial tells its reasons to who has the right password, and to the audit log', async () => {
    await decideBy(ALLOW, 'deny contains "outside_office" if { input.user.attributes.contractor }', 'deny contains "too_junior" if { input.user.attributes.level < 5 }');
    const problem = assertProblem(await login(iam, as()), 403, 'policy_denied');
    assert.match(problem.detail, /outside_office.*too_junior/);
    assertProblem(await login(iam, { ...as(), password: 'wrong' }), 401, 'invalid_credentials');
    const [event] = await admin.all('audit-events', { action: 'login.denied' });
    assert.deepEqual(event.details.reasons, ['outside_office', 'too_junior']);
    done(await admin.patch(`users/${person.id}`, { attributes: { contractor: null, level: 5 } }));
    succeeded(await login(iam, as()));
  });

  test('a policy knows the user, the roles, the groups, the client and the request', async () => {
    const role = await addRole(admin, ['order.read']);
    const group = await admin.make('groups', { name: fresh('group') });
    done(await admin.put(`users/${person.id}/roles/${role.id}`));
    done(await admin.put(`groups/${group.id}/members/${person.id}`));
    await decideBy('default allow := false', `allow if {
  input.user.username == "${person.username}"
  input.tenant.name == "${tenant.name}"
  input.client.id == "${tenant.client_id}"
  input.client.first_party
  "${role.name}" in input.roles
  "order.read" in input.permissions
  some path in input.user.groups
  endswith(path, "${group.name}")
  input.request.ip == "127.0.0.1"
  input.request.grant in {"password", "refresh_token"}
  input.request.time.hour >= 0
}`);
    const answer = await login(iam, as());
    if (answer.status !== 200) {
      const [{ id }] = await admin.all('policies');
      assert.fail((await admin.post(`policies/${id}:evaluate`, { user: person.id, client: tenant.client_id })).text);
    }
  });

  test('a refresh is decided anew', async () => {
    const tokens = await tokensOf(iam, as());
    const made = await decideBy('default allow := false');
    assertProblem(await refresh(iam, tokens.refresh_token, tenant.client_id), 401, 'invalid_grant');
    done(await admin.post('policies:deactivate'));
    const next = await tokensOf(iam, as());
    await activate((await upload(policy(ALLOW, 'claims := {"shift": "night"}'))).id);
    const refreshed = succeeded(await refresh(iam, next.refresh_token, tenant.client_id));
    assert.equal(payload(refreshed.access_token).claims.shift, 'night');
    assert.ok(made.id);
  });

  test('a policy adds claims, and none that say who somebody is or what they may do', async () => {
    await decideBy(ALLOW, 'claims := {"cost_center": input.user.attributes.level, "shift": {"name": "night"}}');
    const { claims } = payload((await tokensOf(iam, as())).access_token);
    assert.deepEqual([claims.cost_center, claims.shift], [3, { name: 'night' }]);
    for (const claim of ['sub', 'tenant', 'permissions', 'roles', 'acr', 'iss', 'exp', 'client_id', 'scope']) {
      await decideBy(ALLOW, `claims := {"${claim}": "x"}`);
      assertProblem(await login(iam, as()), 403, 'policy_failed');
    }
  });

  test('a policy can ask for a second factor', async () => {
    await decideBy(ALLOW, 'acr := "mfa" if { input.user.attributes.contractor }');
    assertStep(await login(iam, as()), 'mfa_enrollment_required');
    done(await admin.patch(`users/${person.id}`, { attributes: { contractor: false } }));
    assert.equal(payload((await tokensOf(iam, as())).access_token).acr, 'pwd');
  });

  test('one call returns to the policy before, and another is as if there had been none', async () => {
    const good = await decideBy(ALLOW);
    const bad = await decideBy('default allow := false');
    assertProblem(await login(iam, as()), 403, 'policy_denied');
    assert.deepEqual(done(await admin.post('policies:rollback')), { active: good.id, previous: bad.id });
    succeeded(await login(iam, as()));
    assert.deepEqual(done(await admin.post('policies:rollback')), { active: bad.id, previous: good.id });
    assertProblem(await login(iam, as()), 403, 'policy_denied');
    done(await admin.post('policies:deactivate'));
    succeeded(await login(iam, as()));
  });

  test('a policy that runs away is stopped, and the login is answered in time', async (t) => {
    const runaways = {
      counts: 'deny contains "x" if { some a, b, c in numbers.range(1, 3000); a * b * c == -1 }',
      loops: `deny contains "x" if {
  some a in numbers.range(1, 1000)
  some b in numbers.range(1, 1000)
  some c in numbers.range(1, 1000)
  a + b + c == -1
}`,
      memory: 'deny contains "x" if { count([s | some i in numbers.range(1, 1000000); s := sprintf("%0999d", [i])]) == -1 }',
      regex: 'deny contains "x" if { regex.match("(a+)+$", concat("", [s | some i in numbers.range(1, 5000); s := "a"])) == false }',
      text: 'deny contains "x" if { count(strings.replace_n({"a": "aaaaaaaaaa"}, concat("", [s | some i in numbers.range(1, 30000); s := "a"]))) == -1 }',
    };
    for (const [name, rule] of Object.entries(runaways)) {
      const answer = await admin.post('policies', { source: policy(ALLOW, rule) });
      if (answer.status === 400) {
        t.diagnostic(`${name}: refused at upload`);
        continue;
      }
      await activate(done(answer).id);
      const start = performance.now();
      const refusal = await login(iam, as());
      const took = performance.now() - start;
      t.diagnostic(`${name}: ${refusal.status} ${refusal.body.code ?? ''} in ${took.toFixed(0)} ms`);
      assert.ok(took < 2_000, `${name}: ${took} ms`);
      if (refusal.status !== 200) assertProblem(refusal, 403, 'policy_failed');
      const [event] = (await admin.all('audit-events', { action: 'login.', from: new Date(Date.now() - 5_000).toISOString() })).slice(-1);
      assert.ok(event, 'it is in the audit log');
    }
    done(await admin.post('policies:deactivate'));
    succeeded(await login(iam, as()));
  });

  test('a source that takes for ever to read is refused in time', async () => {
    for (const source of [
      policy(ALLOW, `x := ${'['.repeat(3000)}1${']'.repeat(3000)}`),
      policy(ALLOW, `x := ${'1 + '.repeat(10_000)}1`),
      policy(ALLOW, `x := input${'.a'.repeat(20_000)}`),
    ]) {
      const start = performance.now();
      const answer = await admin.post('policies', { source });
      assert.ok(performance.now() - start < 2_000);
      assertProblem(answer, 400, 'invalid_request');
    }
  });

  test('a dry run says what would be, and why, and decides nothing', async () => {
    const made = await upload(policy(ALLOW, 'deny contains "contractor" if {', '  input.user.attributes.contractor', '}', 'claims := {"a": 1}'));
    const evaluate = async (body) => done(await admin.post(`policies/${made.id}:evaluate`, body));
    const madeUp = await evaluate({ input: { user: { attributes: { contractor: true } } } });
    assert.deepEqual([madeUp.allow, madeUp.reasons, madeUp.rules.deny], [false, ['contractor'], ['contractor']]);
    assert.ok(madeUp.evaluated_lines.includes(7) && madeUp.work > 0, JSON.stringify(madeUp));
    const good = await evaluate({ input: {} });
    assert.deepEqual([good.allow, good.reasons, good.claims], [true, [], { a: 1 }]);
    const real = await evaluate({ user: person.id, client: tenant.client_id });
    assert.deepEqual([real.allow, real.input.user.username], [false, person.username]);
    const elsewhere = await evaluate({ user: person.id, client: tenant.client_id, request: { ip: '192.0.2.9' } });
    assert.equal(elsewhere.input.request.ip, '192.0.2.9');
    succeeded(await login(iam, as()));
    for (const body of [{}, { user: person.id }, { input: {}, user: person.id }, { input: 1 }]) {
      assertProblem(await admin.post(`policies/${made.id}:evaluate`, body), 400, 'invalid_request');
    }
    // What is known of a user is for who may see users.
    const reader = await addAdmin(iam, tenant, ['iam.policies.read']);
    done(await reader.post(`policies/${made.id}:evaluate`, { input: {} }));
    const peek = await reader.post(`policies/${made.id}:evaluate`, { user: person.id, client: tenant.client_id });
    assertProblem(peek, 403, 'permission_denied');
  });

  test('services get the roles as a bundle, and get it again only if it has changed', async () => {
    const clerk = await addRole(admin, ['order.read']);
    const boss = await addRole(admin, ['order.write'], { includes: [clerk.id] });
    const get = async (etag) => {
      const response = await fetch(new URL(`/admin/v1/bundles/authz.tar.gz?tenant=${tenant.name}`, iam.baseUrl), {
        headers: { authorization: `Bearer ${admin.bearer}`, ...(etag && { 'if-none-match': etag }) },
      });
      return { status: response.status, etag: response.headers.get('etag'), bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
    };
    const first = await get();
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('content-type'), 'application/gzip');
    const files = untar(gunzipSync(first.bytes));
    assert.deepEqual(Object.keys(files).sort(), ['.manifest', 'data.json', 'iam/authz.rego']);
    assert.deepEqual(JSON.parse(files['.manifest']).roots, ['iam']);
    const data = JSON.parse(files['data.json']).iam;
    assert.deepEqual([data.tenant, data.roles[boss.name].permissions], [tenant.name, ['order.read', 'order.write']]);
    for (const tag of [first.etag, `W/${first.etag}`, `"x", ${first.etag}`, '*']) {
      const again = await get(tag);
      assert.deepEqual([again.status, again.etag, again.bytes.length], [304, first.etag, 0], tag);
    }
    done(await admin.patch(`roles/${clerk.id}`, { permissions: [] }));
    const changed = await get(first.etag);
    assert.equal(changed.status, 200);
    assert.notEqual(changed.etag, first.etag);
  });
});

/** The files of a tar (POSIX ustar), by name. */
function untar(tar) {
  const files = {};
  for (let at = 0; tar[at]; ) {
    const text = (from, length) => tar.subarray(at + from, at + from + length).toString('utf8').replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8);
    files[text(0, 100).replace(/^\.?\//, '')] = tar.subarray(at + 512, at + 512 + size).toString('utf8');
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
