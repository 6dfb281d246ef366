// What every stock client is tried with: a tenant, a person with two factors, and clients of each kind.
import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { Caller, PASSWORD, addPerson, addTenant, done, fresh, operator } from '../e2e/admin.mjs';
import { login, succeeded } from '../e2e/client.mjs';
import { PAGES, Person } from './person.mjs';

export const REDIRECT_URI = 'http://127.0.0.1:4711/callback';
export const POST_LOGOUT_URI = 'http://127.0.0.1:4711/';
export const RESOURCE = 'https://orders.example/';

const SCOPE = 'openid offline_access profile email';
const COMMON = {
  redirect_uris: [REDIRECT_URI],
  post_logout_redirect_uris: [POST_LOGOUT_URI],
  scope: SCOPE,
  resources: [RESOURCE],
  grant_types: ['authorization_code', 'refresh_token'],
};

/** A running `iam`'s tenant with a person, a public, a confidential and a `private_key_jwt` client. */
export async function scenario(iam) {
  const tenant = await addTenant(iam, fresh('clients'), { pages: PAGES });
  const caller = operator(iam, tenant.name);
  const newPerson = async () => {
    const username = fresh('grace');
    await addPerson(caller, { username, emails: [{ address: `${username}@example.com`, verified: true }] });
    return username;
  };
  const username = await newPerson();
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = (key) => ({ ...key.export({ format: 'jwk' }), kid: 'k1', alg: 'ES256', use: 'sig' });
  const make = (body) => caller.make('clients', { id: fresh('client'), ...COMMON, ...body });
  const clients = {
    // The tenant's own app: nobody is asked for consent.
    own: await make({ first_party: true }),
    public: await make({ first_party: false }),
    confidential: await make({
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: [...COMMON.grant_types, 'client_credentials'],
    }),
    signed: await make({ token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [jwk(keys.publicKey)] } }),
  };
  return {
    tenant: tenant.name,
    caller,
    clients,
    privateJwk: jwk(keys.privateKey),
    /** The same person with a browser of their own each time. */
    person: () => new Person(iam, { username, password: PASSWORD }),
    /** Another person, who has a second factor and ten codes for it. */
    personWithFactor: async () => {
      const other = await newPerson();
      const codes = await secondFactor(iam, { tenant: tenant.name, client_id: tenant.client_id, username: other });
      return new Person(iam, { username: other, password: PASSWORD, codes });
    },
    /** What a program in another language is told. */
    told: (client, { username }) => ({
      issuer: iam.dev.issuer,
      client_id: client.id,
      client_secret: client.client_secret,
      redirect_uri: REDIRECT_URI,
      post_logout_redirect_uri: POST_LOGOUT_URI,
      resource: RESOURCE,
      scope: SCOPE,
      username,
      tenant: tenant.name,
    }),
  };
}

/** Gives a user a second factor; gives their recovery codes. */
async function secondFactor(iam, user) {
  const tokens = succeeded(await login(iam, { ...user, password: PASSWORD }));
  const own = new Caller(iam, tokens.access_token);
  const { secret } = done(await own.post('/account/mfa/totp', { current_password: PASSWORD }));
  const { recovery_codes } = done(await own.post('/account/mfa/totp:confirm', { code: totp(secret) }));
  assert.equal(recovery_codes.length, 10);
  return recovery_codes;
}

/** The code of RFC 6238 for a secret in base32, now. */
export function totp(secret, now = Date.now()) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replace(/=+$/, '')].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const code = mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff;
  return String(code % 1_000_000).padStart(6, '0');
}
