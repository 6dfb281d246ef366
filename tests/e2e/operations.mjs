// The operations of the admin API as the served OpenAPI document lists them. A Rust test proves that
// the document has every route, so what goes through this list misses none.
import { call, succeeded } from './client.mjs';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** The OpenAPI document that is served. */
export const documentOf = async (iam) => succeeded(await call(iam, '/openapi.json'));

/**
 * All operations: `{id, method, path, description, needs, forOperators, tag, parameters, request,
 * success}`. `needs` is the permission that the description names, `request` is `{type, example}`,
 * `success` `{status, type, schema}`.
 */
export function operationsOf(document) {
  const found = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => read(document, path, method, item[method])),
  );
  return found.sort((a, b) => a.id.localeCompare(b.id));
}

function read(document, path, method, operation) {
  const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'));
  const [requestType, request] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const [type, content] = Object.entries(answer.content ?? {})[0] ?? [];
  const parameters = (operation.parameters ?? []).map((parameter) => resolve(document, parameter));
  return {
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    tag: operation.tags[0],
    description: operation.description,
    needs: operation.description.match(/Takes the permission `(iam\.[a-z.]+)`/)?.[1],
    forOperators: /in the operator's tenant\.$/.test(operation.description),
    parameters,
    needsIfMatch: parameters.some((p) => p.name === 'If-Match' && p.required),
    request: requestType && { type: requestType, example: request.example },
    success: { status: Number(status), type, schema: content?.schema },
  };
}

function resolve(document, node) {
  if (!node.$ref) return node;
  return node.$ref.slice(2).split('/').reduce((at, name) => at[name], document);
}

/** The names of the parameters in a path: `id` and `role` of `/admin/v1/users/{id}/roles/{role}`. */
export const pathNames = (path) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

/**
 * The path of an operation with real ids in it. `ids` has them by the part of the API they belong
 * to: `users`, `roles`. What is missing there is an error: a new operation is filled by a person.
 */
export function fill(operation, ids) {
  return operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const id = ids[kindOf(operation, name)];
    if (id === undefined) throw new Error(`${operation.id}: no id for {${name}} of ${operation.path}`);
    return encodeURIComponent(id);
  });
}

/** What a parameter of the path is the id of: `roles`. */
export const kindOf = (operation, name) => (name === 'id' ? operation.tag : PLURAL[name]);

const PLURAL = {
  client: 'clients',
  credential: 'credentials',
  group: 'groups',
  member: 'users',
  permission: 'permissions',
  role: 'roles',
  tenant: 'tenants',
  user: 'users',
};

/** Sends an operation with its own example as the body, by `caller`. */
export function perform(caller, operation, ids, { body = operation.request?.example, query, etag = '*' } = {}) {
  return caller.send(operation.method, fill(operation, ids), {
    body,
    query,
    type: operation.request?.type,
    headers: operation.needsIfMatch ? { 'if-match': etag } : {},
  });
}
