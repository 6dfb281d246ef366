// Hydra is reached by no client: what its paths answer here is ours, or nothing.
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { rawRequest } from './client.mjs';
import { startIam } from './harness.mjs';

// Every route of Hydra v2.3.0, public and admin, that has no counterpart of ours.
const HYDRAS = [
  '/oauth2/fallbacks/login', '/oauth2/fallbacks/consent', '/oauth2/fallbacks/logout', '/oauth2/fallbacks/logout/callback',
  '/oauth2/fallbacks/error', '/oauth2/auth/requests/login', '/oauth2/auth/requests/consent',
  '/oauth2/auth/requests/logout', '/oauth2/auth/sessions/login', '/oauth2/auth/sessions/consent', '/userinfo',
  '/credentials', '/health/alive', '/health/ready', '/version', '/metrics/prometheus', '/clients', '/keys', '/keys/set',
  '/.well-known/webfinger', '/oauth2/flush', '/oauth2/tokens',
];
const ADMIN = [
  '/admin/clients', '/admin/clients/x', '/admin/keys/hydra.jwt.access-token', '/admin/keys/hydra.openid.id-token/x',
  '/admin/oauth2/introspect', '/admin/oauth2/tokens', '/admin/oauth2/auth/requests/login?login_challenge=x',
  '/admin/oauth2/auth/requests/login/accept?login_challenge=x', '/admin/oauth2/auth/requests/consent?consent_challenge=x',
  '/admin/oauth2/auth/requests/logout?logout_challenge=x', '/admin/oauth2/auth/sessions/consent?subject=x',
  '/admin/oauth2/auth/sessions/login?subject=x', '/admin/trust/grants/jwt-bearer/issuers', '/admin/health/alive',
  '/admin/health/ready', '/admin/version', '/admin/metrics/prometheus', '/admin/flush',
];
/** Ways to write a path that a careless router takes for another. */
const SPELLINGS = [
  (path) => path, (path) => `/${path}`, (path) => `/oauth2/auth/..${path}`, (path) => `/oauth2/auth/%2e%2e/%2e%2e${path}`,
  (path) => path.replace('/admin', '/oauth2/../admin'), (path) => path.replace(/\/(\w)/, '//$1'),
  (path) => path.replace('/', '/%2f'), (path) => path.replace('/', '/.;/'), (path) => `${path.split('?')[0]}/`,
];

describe('Hydra', () => {
  let iam;
  before(async () => (iam = await startIam()));
  after(() => iam?.stop());

  test('has no path that leads to it, however it is written', async () => {
    for (const path of [...HYDRAS, ...ADMIN]) {
      for (const spell of SPELLINGS) {
        for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
          const answer = await rawRequest(iam, { path: spell(path), method });
          assert.ok([400, 404, 405].includes(answer.status), `${method} ${spell(path)}: ${answer.status} ${answer.text}`);
          assert.doesNotMatch(answer.text, /hydra|ory\b|fosite|challenge_id|private_key/i);
        }
      }
    }
  });

  test('takes no request by the name of its own host', async () => {
    for (const origin of [iam.state.hydra_admin_url, iam.state.hydra_public_url]) {
      const { host } = new URL(origin);
      for (const path of ['/admin/clients', `${origin}/admin/clients`]) {
        const answer = await rawRequest(iam, { path, method: 'GET', headers: { host } });
        assert.ok([400, 404].includes(answer.status), `${host} ${path}: ${answer.text}`);
      }
    }
  });

  test('listens on loopback only', async () => {
    const addresses = Object.values(networkInterfaces()).flat().filter(({ internal }) => !internal);
    for (const origin of [iam.state.hydra_admin_url, iam.state.hydra_public_url]) {
      const { hostname, port } = new URL(origin);
      assert.equal(hostname, '127.0.0.1');
      for (const { address, family } of addresses) {
        if (family !== 'IPv4') continue;
        await assert.rejects(reach(address, port), `${address}:${port} answers`);
      }
    }
  });

  /** Connects, or fails. */
  function reach(host, port) {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port }, () => resolve(socket.destroy()));
      socket.on('error', reject);
    });
  }
});
