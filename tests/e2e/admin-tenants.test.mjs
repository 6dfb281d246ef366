// Tenants and their end; clients and their record at Hydra.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PASSWORD, addAdmin, addPerson, addTenant, done, fresh, loginTo, operator, rowsOf, serviceAccount } from './admin.mjs';
import { assertProblem, login, pointers, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';

const REDIRECT = 'http://127.0.0.1:3000/callback';

describe('tenants and clients', () => {
  let iam, root;
  before(async () => {
    iam = await startIam();
    root = operator(iam);
  });
  after(() => iam?.stop());

  const names = (items) => items.map(({ name }) => name);
  const erase = (name, etag = '*') => root.send('POST', `tenants/${name}:erase`, { headers: etag ? { 'if-match': etag } : {} });
  const atHydra = async (id) => (await fetch(new URL(`/admin/clients/${id}`, iam.state.hydra_admin_url))).status;

  test('a tenant is there at once, with the defaults, and a change of one setting leaves the others', async () => {
    const made = await root.make('tenants', { name: fresh('t') });
    assert.deepEqual([made.status, made.settings.retention_days, made.settings.password.min_length], ['active', 30, 15]);
    assert.deepEqual(made.settings.token_lifetimes, { access_token: 900, id_token: 900, refresh_token: 2_592_000 });
    const changed = done(await root.patch(`tenants/${made.name}`, { settings: { password: { min_length: 8 } } }));
    assert.deepEqual(changed.settings, { ...made.settings, password: { min_length: 8 } });
    assertProblem(await root.patch(`tenants/${made.name}`, { name: 'other' }), 400, 'invalid_request');
  });

  test('a setting that is out of bounds is named', async () => {
    const { name } = await root.make('tenants', { name: fresh('t') });
    for (const [settings, pointer] of [
      [{ token_lifetimes: { access_token: 59 } }, '/settings/token_lifetimes/access_token'],
      [{ token_lifetimes: { refresh_token: 1e9 } }, '/settings/token_lifetimes/refresh_token'],
      [{ token_lifetimes: { id_token: 'x' } }, '/settings/token_lifetimes/id_token'],
      [{ password: { min_length: 7 } }, '/settings/password/min_length'],
      [{ retention_days: -1 }, '/settings/retention_days'],
      [{ mfa: 'sometimes' }, '/settings/mfa'],
      [{ colour: 'red' }, '/settings'],
    ]) {
      const problem = assertProblem(await root.patch(`tenants/${name}`, { settings }), 400, 'invalid_request');
      assert.ok(pointers(problem)[0].startsWith(pointer), `${pointers(problem)} for ${JSON.stringify(settings)}`);
      assertProblem(await root.post('tenants', { name: fresh('t'), settings }), 400, 'invalid_request');
    }
    for (const wrong of ['', 'A', 'a_b', '-a', 'ä', 'x'.repeat(64)]) {
      assert.deepEqual(pointers(assertProblem(await root.post('tenants', { name: wrong }), 400, 'invalid_request')), ['/name']);
    }
  });

  test('a tenant\'s admin sees and changes their own, and no other', async () => {
    const tenant = await addTenant(iam);
    const admin = await addAdmin(iam, tenant);
    assert.equal((await admin.read(`tenants/${tenant.name}`)).name, tenant.name);
    done(await admin.patch(`tenants/${tenant.name}`, { display_name: 'Ours' }));
    for (const other of ['demo', 'system', 'nosuch']) {
      assertProblem(await admin.get(`tenants/${other}`), 404, 'not_found');
      assertProblem(await admin.patch(`tenants/${other}`, { display_name: 'Mine' }), 404, 'not_found');
    }
  });

  test('a deleted tenant keeps its name, is restored suspended, and is gone for good when erased', async () => {
    const tenant = await addTenant(iam);
    const person = await addPerson(tenant.operator);
    done(await root.remove(`tenants/${tenant.name}`));
    assert.ok(!names(await root.all('tenants')).includes(tenant.name));
    assert.ok(names(await root.all('tenants', { status: 'deleted' })).includes(tenant.name));
    assertProblem(await root.post('tenants', { name: tenant.name }), 409, 'already_exists');
    assertProblem(await root.post(`tenants/${tenant.name}:activate`), 409, 'wrong_state');
    assert.equal(done(await root.post(`tenants/${tenant.name}:restore`)).status, 'suspended');
    assert.equal(done(await root.post(`tenants/${tenant.name}:activate`)).status, 'active');
    succeeded(await login(iam, loginTo(tenant, person.username)));

    assertProblem(await erase(tenant.name, null), 428, 'precondition_required');
    assertProblem(await erase(tenant.name, '"1"'), 412, 'precondition_failed');
    done(await erase(tenant.name));
    assertProblem(await root.get(`tenants/${tenant.name}`), 404, 'not_found');
    assert.equal(await atHydra(tenant.client_id), 404);
    const left = Object.entries(await rowsOf(iam)).filter(([, rows]) => rows.some((row) => row.includes(person.id)));
    assert.deepEqual(left, []);
    const [event] = await root.all('audit-events', { target: tenant.name, action: 'tenant.erased' });
    assert.equal(event.outcome, 'success');
    // The name is free, and what is made with it has nothing of the one before.
    const again = await addTenant(iam, tenant.name);
    assert.deepEqual(await again.operator.all('users'), []);
    assertProblem(await login(iam, loginTo(again, person.username)), 401, 'invalid_credentials');
  });

  test('an erased tenant takes nothing of another with it', async () => {
    const [gone, stays] = [await addTenant(iam), await addTenant(iam)];
    const role = await stays.operator.make('roles', { name: 'same' });
    await gone.operator.make('roles', { name: 'same' });
    const [key, person] = [await serviceAccount(stays.operator, ['iam.*']), await addPerson(stays.operator, { roles: [role.id] })];
    done(await erase(gone.name));
    assert.deepEqual((await key.all('roles', { user: person.id })).map(({ id }) => id), [role.id]);
    succeeded(await login(iam, loginTo(stays, person.username)));
    assert.ok((await key.all('audit-events')).length > 3);
  });

  test('a purge erases tenants that were deleted longer ago than they are kept', async () => {
    const [old, young] = [await addTenant(iam, undefined, { retention_days: 1 }), await addTenant(iam)];
    for (const { name } of [old, young]) done(await root.remove(`tenants/${name}`));
    const ago = Date.now() - 25 * 3_600_000;
    await iam.db.execute({ sql: 'update tenants set updated_at = ? where name in (?, ?)', args: [ago, old.name, young.name] });
    assert.equal(done(await root.post('tenants:purge')).tenants, 1);
    assertProblem(await root.get(`tenants/${old.name}`), 404, 'not_found');
    assert.equal((await root.read(`tenants/${young.name}`)).status, 'deleted');
  });

  test('a client is made, changed and removed at Hydra too', async () => {
    const tenant = await addTenant(iam);
    const id = fresh('client');
    await tenant.operator.make('clients', { id, first_party: true, redirect_uris: [REDIRECT], scope: 'openid profile' });
    assert.equal(await atHydra(id), 200);
    const person = await addPerson(tenant.operator);
    const by = loginTo({ ...tenant, client_id: id }, person.username);
    assert.equal((await tokensOf(iam, by)).scope, 'openid profile');
    done(await tenant.operator.patch(`clients/${id}`, { scope: 'openid' }));
    assert.equal((await tokensOf(iam, by)).scope, 'openid');
    done(await tenant.operator.patch(`clients/${id}`, { first_party: false }));
    assertProblem(await login(iam, by), 403, 'unauthorized_client');
    done(await tenant.operator.remove(`clients/${id}`));
    assert.equal(await atHydra(id), 404);
    assertProblem(await login(iam, by), 400, 'unknown_client');
  });

  test('a client id belongs to one tenant of all, and says nothing of whose it is', async () => {
    const [a, b] = [await addTenant(iam), await addTenant(iam)];
    const body = { id: a.client_id, redirect_uris: [REDIRECT], scope: 'openid' };
    assertProblem(await b.operator.post('clients', body), 409, 'already_exists');
    assertProblem(await b.operator.patch(`clients/${a.client_id}`, { scope: 'openid' }), 404, 'not_found');
    assertProblem(await b.operator.remove(`clients/${a.client_id}`), 404, 'not_found');
    assert.equal(await atHydra(a.client_id), 200);
  });

  test('a client\'s secret is told once, works, and can be replaced', async () => {
    const tenant = await addTenant(iam);
    const id = fresh('service');
    const made = await tenant.operator.make('clients', {
      id, grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic', scope: 'orders',
    });
    assert.match(made.client_secret, /^[\w-]{32,}$/);
    assert.ok(!JSON.stringify(await tenant.operator.read(`clients/${id}`)).includes(made.client_secret));
    const { rows } = await iam.db.execute('select * from clients');
    assert.ok(!JSON.stringify(rows).includes(made.client_secret));
    const token = async (secret) => {
      const basic = Buffer.from(`${id}:${secret}`).toString('base64');
      const url = new URL('/oauth2/token', iam.baseUrl);
      const response = await fetch(url, {
        method: 'POST', headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'orders' }),
      });
      return response.status;
    };
    assert.equal(await token(made.client_secret), 200);
    assert.equal(await token('wrong'), 401);
    const next = done(await tenant.operator.post(`clients/${id}:rotate-secret`));
    assert.equal(await token(next.client_secret), 200);
    assert.equal(await token(made.client_secret), 401);
  });

  test('of clients that are made alike at once there is one, and one of the askers knows its secret', async () => {
    const tenant = await addTenant(iam);
    const id = fresh('service');
    const body = { id, grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic', scope: 'orders' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => tenant.operator.post('clients', body)));
    for (const answer of answers) {
      if (answer.status !== 201) assertProblem(answer, 409, 'already_exists');
    }
    assert.equal(answers.filter(({ body: made }) => made.client_secret).length, 1);
    assert.deepEqual((await tenant.operator.all('clients')).map((client) => client.id).sort(), [id, tenant.client_id].sort());
  });

  test('a client asks for no more than its tenant allows, and goes nowhere odd', async () => {
    const tenant = await addTenant(iam, undefined, { allowed_scopes: 'openid profile email offline_access' });
    const post = (change) => tenant.operator.post('clients', { id: fresh('c'), redirect_uris: [REDIRECT], scope: 'openid', ...change });
    for (const [change, pointer] of [
      [{ scope: 'openid admin' }, '/scope'], [{ scope: '' }, '/scope'], [{ redirect_uris: [] }, '/redirect_uris'],
      [{ redirect_uris: ['javascript:alert(1)'] }, '/redirect_uris'], [{ redirect_uris: ['http://evil.example/cb'] }, '/redirect_uris'],
      [{ redirect_uris: ['https://a.example/cb#x'] }, '/redirect_uris'], [{ login_uri: 'ftp://a.example' }, '/login_uri'],
      [{ grant_types: ['password'] }, '/grant_types'], [{ id: 'a b' }, '/id'],
      [{ claim_mappings: [{ scope: 'a', claim: 'b', source: 'user.private_metadata.x', token: 'both' }] }, '/claim_mappings'],
    ]) {
      const problem = assertProblem(await post(change), 400, 'invalid_request');
      assert.ok(pointers(problem)[0].startsWith(pointer), `${pointers(problem)} for ${JSON.stringify(change)}`);
    }
  });

  test('an export of a tenant has all of it and no secret', async () => {
    const tenant = await addTenant(iam);
    const person = await addPerson(tenant.operator);
    const key = await serviceAccount(tenant.operator, ['iam.users.read']);
    const text = (await root.get(`tenants/${tenant.name}:export`)).text;
    for (const part of [tenant.name, person.username, tenant.client_id, key.id, 'user.created']) assert.ok(text.includes(part), part);
    for (const secret of ['$argon2', PASSWORD, key.bearer]) assert.ok(!text.includes(secret), secret);
  });
});
