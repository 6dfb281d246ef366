// Writes Hrana by hand, for what the vendor's client does not say.
import assert from 'node:assert/strict';
import { post } from './servers.mjs';

export const integer = (value) => ({ type: 'integer', value: String(value) });
export const text = (value) => ({ type: 'text', value });
export const execute = (sql, ...args) => ({ type: 'execute', stmt: { sql, args } });
export const executeNamed = (sql, named) => ({
  type: 'execute',
  stmt: { sql, named_args: Object.entries(named).map(([name, value]) => ({ name, value })) },
});
export const batch = (...steps) => ({ type: 'batch', batch: { steps } });
export const step = (sql, condition) => ({ stmt: { sql }, ...(condition && { condition }) });
export const ok = (number) => ({ type: 'ok', step: number });
export const failed = (number) => ({ type: 'error', step: number });
export const not = (cond) => ({ type: 'not', cond });
export const autocommit = { type: 'is_autocommit' };
export const close = { type: 'close' };

/** Sends `requests` on a stream that stays open, the one of `baton` if there is one. */
export function send(server, requests, { baton = null, version = 'v3' } = {}) {
  return post(server, `/${version}/pipeline`, { baton, requests });
}

/** Sends `requests` on a stream of their own, and gives the result or the error of each. */
export async function run(server, ...requests) {
  const answer = await send(server, [...requests, close]);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.baton, null);
  return answer.json.results.slice(0, -1).map(outcome);
}

/** What one request gave: its result, or its error. */
export const outcome = ({ response, error }) => error ?? response.result ?? response;

/** The values of the only row. */
export const row = (result) => result.rows[0].map(({ value, base64 }) => value ?? base64 ?? null);
