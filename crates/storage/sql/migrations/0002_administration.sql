-- What administrators keep: settings, profiles, groups, role hierarchies, the permission catalogue,
-- API keys, policies, the audit log, and what repeated creates are recognised by.
--
-- A JSON document that is null is the default one, so that rows of older versions need none.

alter table tenants add column settings text;

alter table users add column details text;

-- For lists by status, and for what was deleted long ago.
create index users_by_status on users (tenant_id, status, id);

create table user_emails (
    tenant_id varchar(36) not null,
    email_key varchar(512) not null,
    user_id varchar(36) not null,
    primary key (tenant_id, email_key),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index user_emails_by_user on user_emails (tenant_id, user_id);

create table external_ids (
    tenant_id varchar(36) not null,
    system_name varchar(64) not null,
    external_id varchar(256) not null,
    user_id varchar(36) not null,
    primary key (tenant_id, system_name, external_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index external_ids_by_user on external_ids (tenant_id, user_id);

-- Holds rows only while a unit of work adds many users: those of them that are free.
create table new_users (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    primary key (tenant_id, id)
);

alter table clients add column redirect_uris text;

alter table clients add column details text;

alter table clients add column version bigint not null default 1;

alter table clients add column updated_at bigint not null default 0;

update clients set redirect_uris = json_array(redirect_uri), updated_at = created_at;

update clients set details = json_object('login_uri', login_uri) where login_uri is not null;

alter table clients drop column redirect_uri;

alter table clients drop column login_uri;

create index clients_by_tenant on clients (tenant_id, id);

alter table roles add column description varchar(256) not null default '';

alter table roles add column version bigint not null default 1;

alter table roles add column updated_at bigint not null default 0;

update roles set updated_at = created_at;

create index role_permissions_by_permission on role_permissions (tenant_id, permission);

create index user_roles_by_role on user_roles (tenant_id, role_id, user_id);

create table role_includes (
    tenant_id varchar(36) not null,
    role_id varchar(36) not null,
    included_id varchar(36) not null,
    primary key (tenant_id, role_id, included_id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id),
    foreign key (tenant_id, included_id) references roles (tenant_id, id)
);

create index role_includes_by_included on role_includes (tenant_id, included_id);

create table role_assignable (
    tenant_id varchar(36) not null,
    role_id varchar(36) not null,
    assignable_id varchar(36) not null,
    primary key (tenant_id, role_id, assignable_id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id),
    foreign key (tenant_id, assignable_id) references roles (tenant_id, id)
);

create index role_assignable_by_assignable on role_assignable (tenant_id, assignable_id);

-- `groups` is a reserved word of MySQL.
create table tenant_groups (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    name varchar(128) not null,
    description varchar(256) not null,
    parent_id varchar(36),
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, name),
    foreign key (tenant_id, parent_id) references tenant_groups (tenant_id, id)
);

create index tenant_groups_by_parent on tenant_groups (tenant_id, parent_id, id);

create table group_members (
    tenant_id varchar(36) not null,
    user_id varchar(36) not null,
    group_id varchar(36) not null,
    primary key (tenant_id, user_id, group_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id),
    foreign key (tenant_id, group_id) references tenant_groups (tenant_id, id)
);

create index group_members_by_group on group_members (tenant_id, group_id, user_id);

create table group_roles (
    tenant_id varchar(36) not null,
    group_id varchar(36) not null,
    role_id varchar(36) not null,
    primary key (tenant_id, group_id, role_id),
    foreign key (tenant_id, group_id) references tenant_groups (tenant_id, id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
);

create index group_roles_by_role on group_roles (tenant_id, role_id, group_id);

create table permissions (
    tenant_id varchar(36) not null references tenants (id),
    permission varchar(128) not null,
    description varchar(256) not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, permission)
);

-- What roles are made of already is in the catalogue. A wildcard stands in roles only.
insert into permissions (tenant_id, permission, description, version, created_at, updated_at)
select p.tenant_id, p.permission, '', 1, min(r.created_at), min(r.created_at)
from role_permissions p join roles r on r.tenant_id = p.tenant_id and r.id = p.role_id
where p.permission not like '%*'
group by p.tenant_id, p.permission;

-- A key comes alone, without the name of its tenant, so its id is unique in the installation.
create table api_keys (
    id varchar(36) not null primary key,
    tenant_id varchar(36) not null references tenants (id),
    name varchar(256) not null,
    digest varchar(64) not null,
    permissions text not null,
    expires_at bigint,
    revoked_at bigint,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

create index api_keys_by_tenant on api_keys (tenant_id, id);

create table policies (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    number bigint not null,
    description varchar(256) not null,
    source text not null,
    created_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, number)
);

create table policy_activations (
    tenant_id varchar(36) not null primary key references tenants (id),
    active_id varchar(36),
    previous_id varchar(36),
    version bigint not null,
    foreign key (tenant_id, active_id) references policies (tenant_id, id),
    foreign key (tenant_id, previous_id) references policies (tenant_id, id)
);

-- An event gets its place in the chain, the last three columns, after it was written.
create table audit_events (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    happened_at bigint not null,
    action varchar(64) not null,
    outcome varchar(16) not null,
    actor_kind varchar(16) not null,
    actor_id varchar(128) not null,
    actor_tenant varchar(63),
    target_kind varchar(16) not null,
    target_id varchar(128) not null,
    origin text,
    trace_id varchar(128) not null,
    details text not null,
    sequence bigint,
    origin_digest varchar(64),
    hash varchar(64),
    primary key (tenant_id, id)
);

create index audit_events_by_sequence on audit_events (tenant_id, sequence, id);

create index audit_events_by_actor on audit_events (tenant_id, actor_id, id);

create index audit_events_by_target on audit_events (tenant_id, target_id, id);

create index audit_events_by_time on audit_events (tenant_id, happened_at, id);

-- The end of each chain, which is what those who seal at once meet at.
create table audit_heads (
    tenant_id varchar(36) not null primary key references tenants (id),
    sequence bigint not null,
    origin_digest varchar(64) not null,
    hash varchar(64) not null
);

create table idempotency_keys (
    tenant_id varchar(36) not null references tenants (id),
    key_digest varchar(64) not null,
    fingerprint varchar(64) not null,
    target varchar(128) not null,
    created_at bigint not null,
    primary key (tenant_id, key_digest)
);

create index idempotency_keys_by_time on idempotency_keys (tenant_id, created_at);
