// What the tests of /account share.
import assert from 'node:assert/strict';
import { PASSWORD, addPerson, addTenant, fresh, loginTo, user } from './admin.mjs';
import { post } from './client.mjs';

export const NEW_PASSWORD = 'staple battery horse correct';

/** An address that nobody has. */
export const freshAddress = () => `${fresh('mail')}@example.com`;

/** A tenant whose apps have pages for links in mail. */
export const addAccountTenant = (iam, settings = {}) =>
  addTenant(iam, undefined, {
    pages: {
      recovery_uri: 'https://app.example/recover?from=mail',
      verification_uri: 'https://app.example/verify',
      invitation_uri: 'https://app.example/welcome',
    },
    ...settings,
  });

/** A user of `tenant` with an address, who has logged in: `{caller, address, username, id}`. */
export async function addOwner(iam, tenant, body = {}) {
  const address = freshAddress();
  const person = await addPerson(tenant.operator, { emails: [{ address }], ...body });
  const caller = await user(iam, person.username, loginTo(tenant, person.username));
  return { ...person, address, caller };
}

/** Brings a code to one of the endpoints that take one. */
export const bring = (iam, path, tenant, code, more = {}) =>
  post(iam, path, { tenant: tenant.name, client_id: tenant.client_id, code, ...more });

/** The code of a message; the link has it too. */
export function codeOf(message, page) {
  assert.match(message.code, /^[\w-]{43}$/);
  const link = new URL(message.link);
  assert.equal(link.searchParams.get('code'), message.code);
  assert.ok(message.link.startsWith(page), message.link);
  return message.code;
}
