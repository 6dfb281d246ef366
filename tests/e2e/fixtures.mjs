// Rows that a test needs beside the demo tenant's. There is no admin API yet, so they are written
// to the database, and clients to Hydra, as `iam up` writes its own.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createClient } from '@libsql/client';

const now = () => Date.now();

/** The demo tenant's id. */
export async function demoTenantId(iam) {
  const { rows } = await iam.db.execute({ sql: 'select id from tenants where name = ?', args: [iam.dev.tenant] });
  return rows[0].id;
}

/** Another tenant; gives its id. */
export async function addTenant(iam, name) {
  const id = newId();
  await iam.db.execute({
    sql: `insert into tenants (id, name, display_name, status, version, created_at, updated_at)
          values (?, ?, ?, 'active', 1, ?, ?)`,
    args: [id, name, name, now(), now()],
  });
  return id;
}

/** A user with the demo user's password; gives its id. */
export async function addUser(iam, username, { tenantId, status = 'active', role = 'clerk' } = {}) {
  tenantId ??= await demoTenantId(iam);
  const id = newId();
  await iam.db.batch([
    {
      sql: `insert into users (tenant_id, id, username, username_key, status, version, created_at, updated_at)
            values (?, ?, ?, ?, ?, 1, ?, ?)`,
      args: [tenantId, id, username, username.toLowerCase(), status, now(), now()],
    },
    {
      sql: `insert into credentials (tenant_id, id, user_id, kind, hash, updated_at)
            select ?, ?, ?, kind, hash, updated_at from credentials
            where user_id = (select id from users where username = ?) limit 1`,
      args: [tenantId, newId(), id, iam.dev.username],
    },
    {
      sql: `insert into user_roles (tenant_id, user_id, role_id)
            select tenant_id, ?, id from roles where tenant_id = ? and name = ?`,
      args: [id, tenantId, role],
    },
  ], 'write');
  return id;
}

/** A client like the demo tenant's; `inHydra: false` leaves Hydra out. */
export async function addClient(iam, id, { tenantId, firstParty = true, inHydra = true } = {}) {
  tenantId ??= await demoTenantId(iam);
  await iam.db.execute({
    sql: `insert into clients
            (id, tenant_id, first_party, redirect_uris, scope, details, created_at, updated_at)
          select ?, ?, ?, redirect_uris, scope, details, ?, 0 from clients where id = ?`,
    args: [id, tenantId, firstParty ? 1 : 0, now(), iam.dev.client_id],
  });
  if (!inHydra) return;
  const admin = new URL('/admin/clients/', iam.state.hydra_admin_url);
  const template = await (await fetch(new URL(iam.dev.client_id, admin))).json();
  const kept = [
    'client_name', 'token_endpoint_auth_method', 'grant_types', 'response_types', 'redirect_uris', 'scope', 'audience',
  ];
  const registration = Object.fromEntries(kept.map((name) => [name, template[name]]));
  const response = await fetch(new URL('/admin/clients', admin), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_id: id, ...registration }),
  });
  if (!response.ok) throw new Error(`Hydra did not take the client: ${await response.text()}`);
}

/** Sets a user's status: active, locked or disabled. */
export async function setUserStatus(iam, id, status) {
  await changeOne(iam, { sql: 'update users set status = ? where id = ?', args: [status, id] });
}

/** Takes a user out of the database. */
export async function removeUser(iam, id) {
  await iam.db.batch(
    ['user_roles', 'credentials'].map((table) => ({ sql: `delete from ${table} where user_id = ?`, args: [id] })),
    'write',
  );
  await changeOne(iam, { sql: 'delete from users where id = ?', args: [id] });
}

/** Sets a tenant's status: active or suspended. */
export async function setTenantStatus(iam, id, status) {
  await changeOne(iam, { sql: 'update tenants set status = ? where id = ?', args: [status, id] });
}

/** Takes all roles away from a user. */
export async function removeRoles(iam, userId) {
  await changeOne(iam, { sql: 'delete from user_roles where user_id = ?', args: [userId] });
}

/** Gives a role to a user. */
export async function giveRole(iam, userId, role) {
  await changeOne(iam, {
    sql: `insert into user_roles (tenant_id, user_id, role_id)
          select u.tenant_id, u.id, r.id from users u join roles r on r.tenant_id = u.tenant_id
          where u.id = ? and r.name = ?`,
    args: [userId, role],
  });
}

async function changeOne(iam, statement) {
  const { rowsAffected } = await iam.db.execute(statement);
  if (rowsAffected !== 1) throw new Error(`changed ${rowsAffected} rows: ${statement.sql}`);
}

/**
 * Ends the grace window of all refresh tokens that were used: it is Hydra's, in seconds, and what is
 * over is written into its database, which is a SQLite file of this `iam up`.
 */
export async function graceIsOver(iam) {
  const hydra = createClient({ url: `file:${join(iam.dir, 'hydra.db')}` });
  try {
    await hydra.execute('pragma busy_timeout = 10000');
    await hydra.execute("update hydra_oauth2_refresh set first_used_at = '2020-01-01 00:00:00' where first_used_at is not null");
  } finally {
    hydra.close();
  }
}

/** A UUIDv7 (RFC 9562 §5.7), as our ids are. */
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
