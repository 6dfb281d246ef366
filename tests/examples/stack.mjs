// Starts the examples as their READMEs do, but on free ports.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, newDir, startProgram } from '../e2e/harness.mjs';

const ORDERS = join(ROOT, 'examples/orders');
const OPA_ORDERS = join(ROOT, 'examples/opa-orders');
const WEBAPP = join(ROOT, 'examples/webapp');

/** Builds and starts the orders service; gives `{url, logs(), stop()}`. */
export async function startOrders(iam) {
  const program = join(newDir(), 'orders');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: ORDERS, stdio: 'inherit' });
  const env = { IAM_DEV_JSON: join(iam.dir, 'dev.json'), ORDERS_ADDR: '127.0.0.1:0' };
  const service = await startProgram(program, [], { env, cwd: ORDERS, ready: /^orders: (http:\/\/[^/]+)\/orders/m });
  return { ...service, url: service.match[1] };
}

/** Builds and starts the orders service that decides with OPA; gives `{url, logs(), stop()}`. */
export async function startOpaOrders(iam, apiKey) {
  const program = join(newDir(), 'opa-orders');
  execFileSync('go', ['build', '-o', program, '.'], { cwd: OPA_ORDERS, stdio: 'inherit' });
  const env = {
    IAM_DEV_JSON: join(iam.dir, 'dev.json'),
    IAM_URL: iam.baseUrl,
    IAM_API_KEY: apiKey,
    OPA_ORDERS_ADDR: '127.0.0.1:0',
  };
  const ready = /^opa-orders: (http:\/\/[^/]+)\/orders/m;
  const service = await startProgram(program, [], { env, cwd: OPA_ORDERS, ready });
  return { ...service, url: service.match[1] };
}

/** Starts the web app; gives `{url, logs(), stop()}`. */
export async function startWebapp(iam, orders, env = {}) {
  const settings = { IAM_DEV_JSON: join(iam.dir, 'dev.json'), ORDERS_URL: orders.url, PORT: '0', ...env };
  const app = await startProgram(process.execPath, [join(WEBAPP, 'main.mjs')], {
    env: settings,
    cwd: WEBAPP,
    ready: /^webapp: (http:\/\/[^/,]+),/m,
  });
  return { ...app, url: app.match[1] };
}
