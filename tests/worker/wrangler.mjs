// Starts Workers under `wrangler dev --local`, as a developer would.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join } from 'node:path';
import { NO_LIMITS, newDir, ROOT, startProgram } from '../e2e/harness.mjs';

const WRANGLER = fileURLToPath(import.meta.resolve('wrangler/package.json')).replace(/package\.json$/, 'bin/wrangler.js');
export const CONFIG = join(ROOT, 'components/worker/wrangler.toml');

/** Runs `wrangler dev` with `configs`, the first of which is served; gives `{baseUrl, logs(), stop()}`. */
export async function startWrangler(configs, { env, vars = {} } = {}) {
  const dir = newDir();
  const args = [
    WRANGLER, 'dev', '--local', '--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', join(dir, 'state'),
    ...configs.flatMap((config) => ['--config', config]),
    ...(env ? ['--env', env] : []),
    ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ];
  const program = await startProgram(process.execPath, args, {
    env: {
      CI: 'true',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      WRANGLER_LOG_PATH: join(dir, 'logs'),
      WRANGLER_REGISTRY_PATH: join(dir, 'registry'),
      WRANGLER_SEND_METRICS: 'false',
    },
    // Where the command that builds it is meant to run.
    cwd: dirname(configs[0]),
    ready: /Ready on (http:\S+)/,
    // It builds the Worker first.
    within: 300_000,
  });
  return { baseUrl: program.match[1], logs: program.logs, stop: program.stop };
}

/** The Worker in front of what `iam` started. It has the functions of `client.mjs` see it as an `iam`. */
export async function startWorker(iam, { configs = [CONFIG], env, vars } = {}) {
  const { state } = iam;
  const worker = await startWrangler(configs, {
    env,
    vars: {
      ISSUER: state.issuer,
      HYDRA_PUBLIC_URL: state.hydra_public_url,
      HYDRA_ADMIN_URL: state.hydra_admin_url,
      DATABASE_URL: `libsql+${state.database_origin}`,
      DATABASE_TOKEN: state.database_token,
      REDIS_URL: `upstash+${state.redis_origin}`,
      REDIS_TOKEN: state.redis_token,
      TOKEN_HOOK_KEY: state.token_hook_key,
      INTERNAL_KEY: state.internal_key,
      ...(iam.dir && { ENCRYPTION_KEYS: JSON.parse(readFileSync(join(iam.dir, 'secrets.json'), 'utf8')).encryption_keys }),
      LOGIN_LIMITS: NO_LIMITS,
      OTP_LIMITS: NO_LIMITS,
      ...vars,
    },
  });
  return { ...worker, dev: iam.dev, state };
}
