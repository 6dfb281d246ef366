// One real object of each kind, for tests that go through all operations of the admin API.
import { PASSWORD, addRole, fresh, done, operator } from './admin.mjs';

const REDIRECT = 'http://127.0.0.1:3000/callback';

/** By the part of the API they belong to: makes one in the tenant that `admin` acts on; gives its id. */
const MAKERS = {
  'api-keys': async (admin) => (await admin.make('api-keys', { name: 'any', permissions: ['iam.users.read'] })).id,
  clients: async (admin) => (await admin.make('clients', { id: fresh('client'), redirect_uris: [REDIRECT], scope: 'openid' })).id,
  credentials: async (admin, ids) => (await admin.read(`users/${ids.users}/credentials`)).items[0].id,
  groups: async (admin) => (await admin.make('groups', { name: fresh('group') })).id,
  permissions: async (admin) => (await admin.make('permissions', { permission: `order.${fresh('any')}` })).permission,
  policies: async (admin) => (await admin.make('policies', { source: 'package iam.policy\n\ndefault allow := true\n' })).id,
  roles: async (admin) => (await addRole(admin, ['order.read'])).id,
  tenants: async (admin) => (await operator(admin.iam).make('tenants', { name: fresh('any') })).name,
  users: async (admin) => (await admin.make('users', { username: fresh('any'), password: PASSWORD })).id,
};

/** The parts of the API in an order in which one can be made after the other. */
export const KINDS = Object.keys(MAKERS).sort((a, b) => (a === 'credentials') - (b === 'credentials'));

/** New objects of these kinds; gives their ids by kind. */
export async function makeObjects(admin, kinds = KINDS) {
  const ids = {};
  for (const kind of kinds) {
    if (kind === 'credentials') ids.users ??= await MAKERS.users(admin);
    ids[kind] ??= await MAKERS[kind](admin, ids);
  }
  return ids;
}

/** Puts the user of `ids` into its group and gives both its role. */
export async function join(admin, ids) {
  done(await admin.put(`groups/${ids.groups}/members/${ids.users}`));
  done(await admin.put(`users/${ids.users}/roles/${ids.roles}`));
  done(await admin.put(`groups/${ids.groups}/roles/${ids.roles}`));
}
