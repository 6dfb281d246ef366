// What an operator does: the admin API, asked by one caller, who acts on one tenant.
import assert from 'node:assert/strict';
import { assertProblem, call, tokensOf } from './client.mjs';

const JSON_TYPE = 'application/json';
const MERGE_PATCH = 'application/merge-patch+json';

export class Caller {
  /** `bearer` is an access token or an API key; `tenant` is named in every request if it is given. */
  constructor(iam, bearer, { tenant } = {}) {
    Object.assign(this, { iam, bearer, tenant });
  }

  /** The same caller, acting on `tenant`. */
  on(tenant) {
    return new Caller(this.iam, this.bearer, { tenant });
  }

  /** Sends what there is to send; gives `{status, headers, text, body}`. */
  async send(method, path, { body, query = {}, headers = {}, type = JSON_TYPE } = {}) {
    const url = new URL(path.startsWith('/') ? path : `/admin/v1/${path}`, this.iam.baseUrl);
    if (this.tenant !== undefined) url.searchParams.set('tenant', this.tenant);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const given = this.bearer === undefined ? {} : { authorization: `Bearer ${this.bearer}` };
    const typed = body === undefined ? {} : { 'content-type': type };
    return call(this.iam, url, {
      method,
      headers: { ...given, ...typed, ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  get(path, query) {
    return this.send('GET', path, { query });
  }

  post(path, body, headers) {
    return this.send('POST', path, { body, headers });
  }

  put(path, body) {
    return this.send('PUT', path, { body });
  }

  patch(path, body, etag = '*') {
    return this.send('PATCH', path, { body, type: MERGE_PATCH, headers: ifMatch(etag) });
  }

  remove(path, etag = '*') {
    return this.send('DELETE', path, { headers: ifMatch(etag) });
  }

  /** Makes something, and gives it. */
  async make(path, body) {
    const answer = await this.post(path, body);
    assert.equal(answer.status, 201, `${path}: ${answer.text}`);
    return answer.body;
  }

  /** Reads something. */
  async read(path, query) {
    return done(await this.get(path, query));
  }

  /** All items of a list, page after page. */
  async all(path, query = {}) {
    const items = [];
    for (let cursor; ; ) {
      const page = await this.read(path, cursor ? { ...query, cursor } : query);
      items.push(...page.items);
      cursor = page.next_cursor;
      if (!cursor) return items;
    }
  }

  /** The one item of a list for which `query` holds. */
  async only(path, query) {
    const items = await this.all(path, query);
    assert.equal(items.length, 1, `${path} ${JSON.stringify(query)}: ${items.length} items`);
    return items[0];
  }
}

const ifMatch = (etag) => (etag === undefined || etag === null ? {} : { 'if-match': etag });

/** The body of an answer that is a success of whatever status. */
export function done(answer) {
  assert.ok(answer.status >= 200 && answer.status < 300, answer.text || String(answer.status));
  return answer.body;
}

/** The operator, by the API key of `iam up --demo`; acts on the operator's tenant or on `tenant`. */
export function operator(iam, tenant) {
  assert.match(iam.dev.api_key ?? '', /./, 'dev.json has no api_key');
  return new Caller(iam, iam.dev.api_key, { tenant });
}

/** A user as a caller, by an access token. */
export async function user(iam, username, change = {}) {
  const tokens = await tokensOf(iam, { username, ...change });
  return new Caller(iam, tokens.access_token);
}

/** A service account of the tenant that `maker` acts on, with these permissions. */
export async function serviceAccount(maker, permissions, name = 'test') {
  const key = await maker.make('api-keys', { name, permissions });
  return Object.assign(new Caller(maker.iam, key.key), { id: key.id });
}

let counter = 0;

/** A name that nothing has yet. */
export const fresh = (stem) => `${stem}-${(counter += 1)}-${process.pid}`;

/** A password that is long enough and nothing else. */
export const PASSWORD = 'correct horse battery staple';

/** A user with a password who can log in. */
export function addPerson(caller, body = {}) {
  return caller.make('users', { username: fresh('user'), password: PASSWORD, ...body });
}

/** A role with permissions, which are put into the catalogue first. */
export async function addRole(caller, permissions, body = {}) {
  for (const permission of permissions.filter((name) => !/^iam\.|\*/.test(name))) {
    const answer = await caller.post('permissions', { permission });
    assert.ok([201, 409].includes(answer.status), answer.text);
  }
  return caller.make('roles', { name: fresh('role'), permissions, ...body });
}

/** A tenant of its own with a first-party client; gives `{name, operator, client_id}`. */
export async function addTenant(iam, name = fresh('tenant'), settings = {}) {
  await operator(iam).make('tenants', { name, display_name: name, settings });
  const acting = operator(iam, name);
  const client_id = `${name}-app`;
  await acting.make('clients', {
    id: client_id,
    first_party: true,
    redirect_uris: ['http://127.0.0.1:3000/callback'],
    scope: 'openid offline_access profile email',
  });
  return { name, operator: acting, client_id };
}

/** What `tokensOf` takes to log somebody of this tenant in. */
export const loginTo = (tenant, username, password = PASSWORD) => ({
  tenant: tenant.name, client_id: tenant.client_id, username, password,
});

/** A user of the tenant with `iam.*` (or else `permissions`), as a caller. */
export async function addAdmin(iam, tenant, permissions = ['iam.*']) {
  const role = await addRole(tenant.operator, permissions);
  const person = await addPerson(tenant.operator, { roles: [role.id] });
  const caller = await user(iam, person.username, loginTo(tenant, person.username));
  return Object.assign(caller, { id: person.id, username: person.username });
}

/** Checks that `answer` says that this would grant too much. */
export const assertBeyond = (answer) => assertProblem(answer, 403, 'beyond_own_permissions');

/** All rows of the database but the audit log's, by table: what must not change. */
export async function rowsOf(iam) {
  const { rows } = await iam.db.execute(
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'audit%'",
  );
  const tables = {};
  for (const { name } of rows) {
    const found = await iam.db.execute(`select * from "${name}"`);
    tables[name] = found.rows.map((row) => JSON.stringify(row)).sort();
  }
  return tables;
}
