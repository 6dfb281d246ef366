// Rotates signing keys as an operator does, but for the time it takes: the next key is published
// for a second here, not for an hour.
import { setTimeout as sleep } from 'node:timers/promises';
import { done, operator } from '../e2e/admin.mjs';

const PUBLISH_SECONDS = 1;

/** The environment of an `iam up` whose keys are published for a second. */
export const rotationEnv = { SPIN_VARIABLE_SIGNING_KEY_PUBLISH_SECONDS: String(PUBLISH_SECONDS) };

/** Makes the next keys known. */
export async function publish(iam) {
  done(await operator(iam).post('signing-keys:rotate', {}));
}

/** Signs with them from now on. */
export async function activate(iam) {
  await sleep(PUBLISH_SECONDS * 1000 + 200);
  done(await operator(iam).post('signing-keys:advance', {}));
}
