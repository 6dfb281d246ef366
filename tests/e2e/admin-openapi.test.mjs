// The OpenAPI document: that it is well made, and that it is true.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';
import { addTenant, done, fresh, operator } from './admin.mjs';
import { call } from './client.mjs';
import { ROOT, startIam } from './harness.mjs';
import { join, makeObjects } from './objects.mjs';
import { documentOf, kindOf, operationsOf, pathNames, perform } from './operations.mjs';

const COMMITTED = joinPath(ROOT, 'docs/openapi.json');
const LINTER = joinPath(ROOT, 'tests/node_modules/@redocly/cli/bin/cli.js');

/** What has to be so before an operation can do what its example says; may change the ids. */
const PREPARE = {
  inviteUser: async (admin, ids) => {
    ids.users = (await admin.make('users', { username: fresh('any'), status: 'active' })).id;
  },
  restoreUser: async (admin, ids) => done(await admin.remove(`users/${ids.users}`)),
  restoreTenant: async (admin, ids) => done(await operator(admin.iam).remove(`tenants/${ids.tenants}`)),
  rotateClientSecret: async (admin, ids) => {
    const confidential = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic' };
    ids.clients = (await admin.make('clients', { id: fresh('service'), scope: 'orders', ...confidential })).id;
  },
};

describe('the OpenAPI document', () => {
  let iam, document, operations, tenant, ajv;
  before(async () => {
    iam = await startIam();
    document = await documentOf(iam);
    operations = operationsOf(document);
    tenant = await addTenant(iam, 'scenario');
    for (const permission of ['order.read', 'order.write']) await tenant.operator.make('permissions', { permission });
    ajv = addFormats(new Ajv2020({ strict: false, allErrors: true, logger: false }));
    ajv.addSchema(document, 'openapi');
  });
  after(() => iam?.stop());

  test('what is served is what is in docs, to everybody', async () => {
    const answer = await call(iam, '/openapi.json');
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual(answer.body, JSON.parse(readFileSync(COMMITTED, 'utf8')));
  });

  test('a public linter has nothing to say', async () => {
    const config = joinPath(ROOT, 'tests/e2e/redocly.yaml');
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const args = [LINTER, 'lint', COMMITTED, '--config', config, '--format', 'json', '--max-problems', '1000'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 26 }).catch((error) => {
      if (!error.stdout) throw error;
      return error;
    });
    const { problems, totals } = JSON.parse(stdout);
    const told = problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`);
    assert.deepEqual(told, []);
    assert.deepEqual([totals.errors, totals.warnings, totals.ignored], [0, 0, 0]);
  });

  test('every example is what its schema says', () => {
    const wrong = [];
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const bodies = { ...operation.responses, request: operation.requestBody };
        for (const [status, body] of Object.entries(bodies)) {
          for (const [type, content] of Object.entries(body?.content ?? {})) {
            if (content.example === undefined) continue;
            const where = status === 'request' ? ['requestBody'] : ['responses', status];
            for (const example of examplesOf(type, content.example)) {
              const told = violations(['paths', path, method, ...where, 'content', type, ...schemaOf(type)], example);
              if (told && type !== 'application/merge-patch+json') wrong.push(`${operation.operationId} ${status}: ${told}`);
            }
          }
        }
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('every operation does what it says with its own example, and answers as documented', async () => {
    const wrong = [];
    for (const operation of operations) {
      try {
        await tryOut(operation);
      } catch (error) {
        wrong.push(`${operation.id}: ${error.message}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  test('every parameter of a query works with its own example', async () => {
    const ids = await makeObjects(tenant.operator);
    const wrong = [];
    for (const operation of operations.filter(({ method }) => method === 'GET')) {
      for (const { name, in: place, example } of operation.parameters) {
        if (place !== 'query' || name === 'tenant') continue;
        const query = { [name]: example };
        const answer = await perform(tenant.operator, operation, { ...ids, tenants: tenant.name }, { query });
        if (answer.status !== operation.success.status) wrong.push(`${operation.id} ${name}=${example}: ${answer.text}`);
      }
    }
    assert.deepEqual(wrong, []);
  });

  async function tryOut(operation) {
    const admin = tenant.operator;
    const ids = await makeObjects(admin, kindsFor(operation));
    if (pathNames(operation.path).length > 1 && operation.method === 'DELETE') await link(admin, ids);
    await PREPARE[operation.id]?.(admin, ids);
    const body = await realBody(admin, operation.request?.example);
    const etag = operation.method === 'POST' ? undefined : '*';
    const answer = await perform(admin, operation, ids, { body, etag });
    const { status, type, schema } = operation.success;
    assert.equal(answer.status, status, answer.text);
    assert.equal((answer.headers.get('content-type') ?? '').split(';')[0], type ?? '');
    if (schema === undefined) return assert.equal(answer.text, '');
    if (!/json/.test(type)) return undefined;
    const where = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status), 'content', type, ...schemaOf(type)];
    for (const value of /ndjson/.test(type) ? linesOf(answer.text) : [answer.body]) {
      assert.equal(violations(where, value), undefined, JSON.stringify(value));
      assert.deepEqual(undocumented(schema.contentSchema ?? schema, value), [], 'fields that are not documented');
    }
    if (status === 201) {
      const found = await admin.send('GET', answer.headers.get('location'));
      assert.equal(found.status, 200, `Location: ${found.text}`);
      assert.match(answer.headers.get('etag'), /^"\d+"$/);
    }
    return undefined;
  }

  const kindsFor = (operation) => pathNames(operation.path).map((name) => kindOf(operation, name));

  async function link(admin, ids) {
    await join(admin, { ...(await makeObjects(admin, ['users', 'groups', 'roles'])), ...ids });
  }

  /** An example with real ids in the place of those it shows. */
  async function realBody(admin, example) {
    if (example === undefined || !JSON.stringify(example).includes(SHOWN_ID)) return example;
    const ids = await makeObjects(admin, ['users', 'groups', 'roles']);
    const kind = { includes: 'roles', assignable: 'roles', roles: 'roles', groups: 'groups', parent: 'groups', user: 'users' };
    const walk = (value, name) => {
      if (typeof value === 'string' && value.startsWith(SHOWN_ID)) return ids[kind[name]] ?? assert.fail(`an id in ${name}`);
      if (Array.isArray(value)) return value.map((item) => walk(item, name));
      if (value === null || typeof value !== 'object') return value;
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, key)]));
    };
    if (typeof example !== 'string') return walk(example);
    return linesOf(example).map((line) => JSON.stringify(walk(line))).join('\n');
  }

  function violations(where, value) {
    const pointer = where.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  }

  function undocumented(schema, value) {
    const named = schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
    if (Array.isArray(value)) return value.flatMap((item) => undocumented(named.items, item));
    if (!named.properties || value === null || typeof value !== 'object') return [];
    return Object.keys(value).flatMap((name) =>
      named.properties[name] ? undocumented(named.properties[name], value[name]) : [name],
    );
  }
});

/** How the ids begin that examples show. */
const SHOWN_ID = '01990a5d-ac96-774b-bcce-b302099a80';

const linesOf = (text) => text.trim().split('\n').map((line) => JSON.parse(line));

/** Where the schema of a body is, or of one of its lines. */
const schemaOf = (type) => (/ndjson/.test(type) ? ['schema', 'contentSchema'] : ['schema']);

const examplesOf = (type, example) => (/ndjson/.test(type) ? linesOf(example) : [example]);
