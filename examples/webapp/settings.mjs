import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Reads the file that `iam up` writes (IAM_DEV_JSON, else .iam/dev.json here or in a folder above)
 * and the environment. In production these are a few lines of configuration.
 */
export function readSettings(env = process.env) {
  const file = env.IAM_DEV_JSON ?? findAbove(process.cwd(), join('.iam', 'dev.json'));
  if (!file) throw new Error('no .iam/dev.json here or above: run `make up` first, or set IAM_DEV_JSON');
  const { base_url, tenant, client_id } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    iamUrl: base_url,
    tenant,
    clientId: client_id,
    ordersUrl: env.ORDERS_URL ?? 'http://127.0.0.1:3001',
    port: Number(env.PORT ?? 3000),
    /** Whether the browser reaches us over https, so that its cookie is sent over nothing else. */
    secureCookie: env.SECURE_COOKIE === '1',
    /** An access token that lives shorter than this is renewed before it is used. */
    renewBeforeSeconds: Number(env.RENEW_BEFORE_SECONDS ?? 30),
  };
}

function findAbove(dir, name) {
  const file = join(dir, name);
  if (existsSync(file)) return file;
  return dir === dirname(dir) ? undefined : findAbove(dirname(dir), name);
}
