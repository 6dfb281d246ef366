// A login with its steps, as an app walks it: directly, and at a page that Hydra sent a browser to.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { addPerson, addTenant, loginTo, operator } from './admin.mjs';
import { Browser, authorization, challengeOf, redeem, response } from './browser.mjs';
import { assertProblem, payload, post, succeeded } from './client.mjs';

const APP = 'http://127.0.0.1:3000';
export const CALLBACK = `${APP}/callback`;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The time step of RFC 6238 that it is now. */
const stepNow = () => Math.floor(Date.now() / 30_000);

/** A code of RFC 6238, by hand: what an authenticator app shows at a time step. */
export function totp(secret, step = stepNow()) {
  const bits = [...secret].map((c) => BASE32.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[19] & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A code that is none of those that are good around now. */
export function wrongCode(secret) {
  const good = [-3, -2, -1, 0, 1, 2, 3].map((by) => totp(secret, stepNow() + by));
  return ['000000', '111111', '222222', '333333', '444444', '555555', '666666', '777777'].find(
    (code) => !good.includes(code),
  );
}

/** A code of now for a user, whose codes so far count as not used: nobody waits for the next. */
export async function freshCode(iam, userId, secret) {
  const { rowsAffected } = await iam.db.execute({
    sql: "update credentials set last_step = 0 where user_id = ? and kind = 'totp'", args: [userId],
  });
  assert.equal(rowsAffected, 1, 'the user has a key');
  return totp(secret);
}

/** A tenant whose app has a login page. */
export async function addStepsTenant(iam, settings = {}) {
  return addTenant(iam, undefined, { pages: { login_uri: `${APP}/login` }, ...settings });
}

/** Checks that a login wants this to be done first; gives the step. */
export function assertStep(answer, code, { status = 403 } = {}) {
  const { step, ...rest } = answer.body ?? {};
  assertProblem({ ...answer, body: rest }, status, code);
  assert.match(step?.token ?? '', /^[\w-]{43}$/, answer.text);
  assert.equal(step.expires_in, 300);
  return step;
}

export const verify = (iam, step, code, more) =>
  post(iam, '/auth/mfa/verify', { step_token: step.token, code, ...more });
export const enroll = (iam, step) => post(iam, '/auth/mfa/enroll', { step_token: step.token });
export const confirm = (iam, step, code) => post(iam, '/auth/mfa/confirm', { step_token: step.token, code });
export const changePassword = (iam, step, new_password) =>
  post(iam, '/auth/password/change', { step_token: step.token, new_password });

/** Direct login: the app gets tokens. `begin` gives a flow with the first `answer`. */
export const direct = {
  name: 'direct',
  async begin(iam, tenant, person, { acr_values, ...more } = {}) {
    const answer = await post(iam, '/auth/login', {
      ...loginTo(tenant, person.username, person.password), acr_values, ...more,
    });
    return { answer };
  },
  /** The tokens that the last answer of a flow leads to. */
  tokens: async (iam, flow, answer = flow.answer) => succeeded(answer),
};

/** A browser that came from the app: it goes on to the app with a code. */
export const challenge = {
  name: 'login_challenge',
  async begin(iam, tenant, person, { acr_values, scope, client_id = tenant.client_id, browser, ...more } = {}) {
    browser ??= new Browser(iam);
    const request = authorization(client_id, CALLBACK, { acr_values, ...(scope && { scope }) });
    const page = await browser.open(request.path);
    const login_challenge = challengeOf(page);
    const { username, password } = loginTo(tenant, person.username, person.password);
    const answer = await post(iam, '/auth/login', { login_challenge, username, password, ...more });
    return { answer, browser, request, login_challenge };
  },
  async tokens(iam, flow, answer = flow.answer) {
    const { code, state } = await challenge.back(flow, answer);
    assert.equal(state, flow.request.state);
    const redeemed = await redeem(iam, flow.request, code);
    assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
    return redeemed.body;
  },
  /** What the app is told at its redirect URI. */
  async back(flow, answer = flow.answer) {
    return response(await flow.browser.open(succeeded(answer).redirect_to), CALLBACK);
  },
};

/** Has somebody whose tenant requires a factor enrol one; gives `{secret, recovery_codes, tokens}`. */
export async function enrollAtLogin(iam, mode, tenant, person, more) {
  const flow = await mode.begin(iam, tenant, person, more);
  const offer = succeeded(await enroll(iam, assertStep(flow.answer, 'mfa_enrollment_required')));
  const answer = await confirm(iam, offer.step, totp(offer.secret));
  const { recovery_codes } = succeeded(answer);
  return { secret: offer.secret, offer, recovery_codes, tokens: await mode.tokens(iam, flow, answer) };
}

/** Logs in to the step that wants a code; gives the flow with `step`. */
export async function toCode(iam, mode, tenant, person, more) {
  const flow = await mode.begin(iam, tenant, person, more);
  return { ...flow, step: assertStep(flow.answer, 'mfa_required') };
}

/** How a token says its user logged in. */
export function assurance(tokens) {
  const { acr, amr } = payload(tokens.access_token);
  const id = payload(tokens.id_token);
  assert.deepEqual({ acr: id.acr, amr: id.amr }, { acr, amr }, 'both tokens say the same');
  return { acr, amr };
}

export const PWD = { acr: 'pwd', amr: ['pwd'] };
export const MFA = { acr: 'mfa', amr: ['pwd', 'otp', 'mfa'] };

/** A user who was invited, and whose password somebody else has set. */
export async function addInvited(iam, tenant, body) {
  const person = await addPerson(tenant.operator, body);
  await iam.db.execute({ sql: "update users set status = 'invited' where id = ?", args: [person.id] });
  return person;
}

/** What the audit log of a tenant says of a user, by time. */
export async function actionsOf(iam, tenant, userId) {
  const events = await operator(iam, tenant.name).all('audit-events', { target: userId });
  return events.map(({ action }) => action);
}

/** A command of the ephemeral store. */
export async function redis(iam, ...command) {
  const answer = await fetch(iam.state.redis_origin, {
    method: 'POST',
    headers: { authorization: `Bearer ${iam.state.redis_token}`, 'content-type': 'application/json' },
    body: JSON.stringify(command),
  });
  const { result, error } = await answer.json();
  assert.equal(error, undefined, command.join(' '));
  return result;
}

/** Where a login waits for a token. */
export const keyOf = (desk, token) => `login-step:${desk}:${createHash('sha256').update(token).digest('hex')}`;
