alter table clients add details nvarchar(max) collate Latin1_General_100_BIN2
go
alter table clients add redirect_uris nvarchar(max) collate Latin1_General_100_BIN2
go
alter table clients add updated_at bigint not null constraint clients_updated_at_default default 0
go
alter table clients add version bigint not null constraint clients_version_default default 1
go
alter table clients drop constraint if exists clients_login_uri_default; alter table clients drop column login_uri
go
alter table clients drop constraint if exists clients_redirect_uri_default; alter table clients drop column redirect_uri
go
alter table credentials add last_step bigint
go
alter table credentials add secret nvarchar(512) collate Latin1_General_100_BIN2
go
alter table roles add description nvarchar(512) collate Latin1_General_100_BIN2 not null constraint roles_description_default default ''
go
alter table roles add updated_at bigint not null constraint roles_updated_at_default default 0
go
alter table roles add version bigint not null constraint roles_version_default default 1
go
alter table tenants add settings nvarchar(max) collate Latin1_General_100_BIN2
go
alter table users add details nvarchar(max) collate Latin1_General_100_BIN2
go
create index api_keys_by_tenant on api_keys (tenant_id, id)
go
create index audit_events_by_actor on audit_events (tenant_id, actor_id, id)
go
create index audit_events_by_sequence on audit_events (tenant_id, sequence, id)
go
create index audit_events_by_target on audit_events (tenant_id, target_id, id)
go
create index audit_events_by_time on audit_events (tenant_id, happened_at, id)
go
create index clients_by_tenant on clients (tenant_id, id)
go
create index ended_sessions_by_user on ended_sessions (tenant_id, user_id, id)
go
create index external_ids_by_user on external_ids (tenant_id, user_id)
go
create index group_members_by_group on group_members (tenant_id, group_id, user_id)
go
create index group_roles_by_role on group_roles (tenant_id, role_id, group_id)
go
create index idempotency_keys_by_time on idempotency_keys (tenant_id, created_at)
go
create index messages_by_due on messages (due_at, id)
go
create index messages_by_expiry on messages (expires_at)
go
create index messages_by_user on messages (tenant_id, user_id)
go
create index one_time_codes_by_expiry on one_time_codes (tenant_id, expires_at)
go
create index one_time_codes_by_user on one_time_codes (tenant_id, user_id, purpose, created_at)
go
create index role_assignable_by_assignable on role_assignable (tenant_id, assignable_id)
go
create index role_includes_by_included on role_includes (tenant_id, included_id)
go
create index role_permissions_by_permission on role_permissions (tenant_id, permission)
go
create index tenant_groups_by_parent on tenant_groups (tenant_id, parent_id, id)
go
create index user_emails_by_user on user_emails (tenant_id, user_id)
go
create index user_roles_by_role on user_roles (tenant_id, role_id, user_id)
go
create index users_by_status on users (tenant_id, status, id)
go
create table api_keys (
    id nvarchar(72) collate Latin1_General_100_BIN2 not null primary key,
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    name nvarchar(512) collate Latin1_General_100_BIN2 not null,
    digest nvarchar(128) collate Latin1_General_100_BIN2 not null,
    permissions nvarchar(max) collate Latin1_General_100_BIN2 not null,
    expires_at bigint,
    revoked_at bigint,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
)
go
create table audit_events (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    happened_at bigint not null,
    action nvarchar(128) collate Latin1_General_100_BIN2 not null,
    outcome nvarchar(32) collate Latin1_General_100_BIN2 not null,
    actor_kind nvarchar(32) collate Latin1_General_100_BIN2 not null,
    actor_id nvarchar(256) collate Latin1_General_100_BIN2 not null,
    actor_tenant nvarchar(126) collate Latin1_General_100_BIN2,
    target_kind nvarchar(32) collate Latin1_General_100_BIN2 not null,
    target_id nvarchar(256) collate Latin1_General_100_BIN2 not null,
    origin nvarchar(max) collate Latin1_General_100_BIN2,
    trace_id nvarchar(256) collate Latin1_General_100_BIN2 not null,
    details nvarchar(max) collate Latin1_General_100_BIN2 not null,
    sequence bigint,
    origin_digest nvarchar(128) collate Latin1_General_100_BIN2,
    hash nvarchar(128) collate Latin1_General_100_BIN2,
    primary key (tenant_id, id)
)
go
create table audit_heads (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null primary key references tenants (id),
    sequence bigint not null,
    origin_digest nvarchar(128) collate Latin1_General_100_BIN2 not null,
    hash nvarchar(128) collate Latin1_General_100_BIN2 not null
)
go
create table clients (
    id nvarchar(128) collate Latin1_General_100_BIN2 not null primary key,
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    first_party smallint not null,
    redirect_uri nvarchar(max) collate Latin1_General_100_BIN2 not null,
    scope nvarchar(max) collate Latin1_General_100_BIN2 not null,
    login_uri nvarchar(max) collate Latin1_General_100_BIN2,
    created_at bigint not null
)
go
create table credentials (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    kind nvarchar(32) collate Latin1_General_100_BIN2 not null,
    hash nvarchar(max) collate Latin1_General_100_BIN2 not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, user_id, kind),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table ended_sessions (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    id nvarchar(128) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    ended_at bigint not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table external_ids (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    system_name nvarchar(128) collate Latin1_General_100_BIN2 not null,
    external_id nvarchar(512) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    external_id_exact as external_id + N'.' persisted not null,
    primary key nonclustered (tenant_id, system_name, external_id_exact),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table group_members (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    group_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, user_id, group_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id),
    foreign key (tenant_id, group_id) references tenant_groups (tenant_id, id)
)
go
create table group_roles (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    group_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    role_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, group_id, role_id),
    foreign key (tenant_id, group_id) references tenant_groups (tenant_id, id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
)
go
create table idempotency_keys (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    key_digest nvarchar(128) collate Latin1_General_100_BIN2 not null,
    fingerprint nvarchar(128) collate Latin1_General_100_BIN2 not null,
    target nvarchar(256) collate Latin1_General_100_BIN2 not null,
    created_at bigint not null,
    primary key (tenant_id, key_digest)
)
go
create table messages (
    id nvarchar(72) collate Latin1_General_100_BIN2 not null primary key,
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    kind nvarchar(64) collate Latin1_General_100_BIN2 not null,
    channel nvarchar(32) collate Latin1_General_100_BIN2 not null,
    content nvarchar(max) collate Latin1_General_100_BIN2 not null,
    attempts bigint not null,
    due_at bigint not null,
    expires_at bigint not null,
    created_at bigint not null,
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table new_users (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, id)
)
go
create table one_time_codes (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    digest nvarchar(128) collate Latin1_General_100_BIN2 not null,
    purpose nvarchar(64) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    address nvarchar(max) collate Latin1_General_100_BIN2,
    expires_at bigint not null,
    created_at bigint not null,
    primary key (tenant_id, digest),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table permissions (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    permission nvarchar(256) collate Latin1_General_100_BIN2 not null,
    description nvarchar(512) collate Latin1_General_100_BIN2 not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, permission)
)
go
create table policies (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    number bigint not null,
    description nvarchar(512) collate Latin1_General_100_BIN2 not null,
    source nvarchar(max) collate Latin1_General_100_BIN2 not null,
    created_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, number)
)
go
create table policy_activations (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null primary key references tenants (id),
    active_id nvarchar(72) collate Latin1_General_100_BIN2,
    previous_id nvarchar(72) collate Latin1_General_100_BIN2,
    version bigint not null,
    foreign key (tenant_id, active_id) references policies (tenant_id, id),
    foreign key (tenant_id, previous_id) references policies (tenant_id, id)
)
go
create table recovery_codes (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    digest nvarchar(128) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, user_id, digest),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table role_assignable (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    role_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    assignable_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, role_id, assignable_id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id),
    foreign key (tenant_id, assignable_id) references roles (tenant_id, id)
)
go
create table role_includes (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    role_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    included_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, role_id, included_id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id),
    foreign key (tenant_id, included_id) references roles (tenant_id, id)
)
go
create table role_permissions (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    role_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    permission nvarchar(256) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, role_id, permission),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
)
go
create table roles (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    name nvarchar(128) collate Latin1_General_100_BIN2 not null,
    created_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
)
go
create table tenant_groups (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    name nvarchar(256) collate Latin1_General_100_BIN2 not null,
    description nvarchar(512) collate Latin1_General_100_BIN2 not null,
    parent_id nvarchar(72) collate Latin1_General_100_BIN2,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, name),
    foreign key (tenant_id, parent_id) references tenant_groups (tenant_id, id)
)
go
create table tenants (
    id nvarchar(72) collate Latin1_General_100_BIN2 not null primary key,
    name nvarchar(126) collate Latin1_General_100_BIN2 not null unique,
    display_name nvarchar(max) collate Latin1_General_100_BIN2 not null,
    status nvarchar(32) collate Latin1_General_100_BIN2 not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
)
go
create table user_emails (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    email_key nvarchar(1024) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key nonclustered (tenant_id, email_key),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
)
go
create table user_roles (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    user_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    role_id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    primary key (tenant_id, user_id, role_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
)
go
create table users (
    tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null references tenants (id),
    id nvarchar(72) collate Latin1_General_100_BIN2 not null,
    username nvarchar(256) collate Latin1_General_100_BIN2 not null,
    username_key nvarchar(1024) collate Latin1_General_100_BIN2 not null,
    status nvarchar(32) collate Latin1_General_100_BIN2 not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, username_key)
)
go
delete from api_keys where id = @P1 and tenant_id = @P2 and version = @P3
go
delete from api_keys where tenant_id = @P1
go
delete from audit_events where tenant_id = @P1
go
delete from audit_heads where tenant_id = @P1
go
delete from clients where id = @P1 and tenant_id = @P2 and version = @P3
go
delete from clients where tenant_id = @P1
go
delete from credentials where tenant_id = @P1
go
delete from credentials where tenant_id = @P1 and id = @P2 and user_id = @P3 and kind = @P4
go
delete from credentials where tenant_id = @P1 and user_id = @P2
go
delete from credentials where tenant_id = @P1 and user_id = @P2 and kind = 'password'
go
delete from credentials where tenant_id = @P1 and user_id = @P2 and kind = @P3
go
delete from ended_sessions where tenant_id = @P1
go
delete from ended_sessions where tenant_id = @P1 and user_id = @P2
go
delete from external_ids where tenant_id = @P1
go
delete from external_ids where tenant_id = @P1 and user_id = @P2
go
delete from group_members where tenant_id = @P1
go
delete from group_members where tenant_id = @P1 and group_id = @P2
go
delete from group_members where tenant_id = @P1 and user_id = @P2
go
delete from group_members where tenant_id = @P1 and user_id = @P2 and group_id = @P3
go
delete from group_roles where tenant_id = @P1
go
delete from group_roles where tenant_id = @P1 and group_id = @P2
go
delete from group_roles where tenant_id = @P1 and group_id = @P2 and role_id = @P3
go
delete from group_roles where tenant_id = @P1 and role_id = @P2
go
delete from idempotency_keys where tenant_id = @P1
go
delete from idempotency_keys where tenant_id = @P1 and created_at < @P2
go
delete from messages where expires_at <= @P1
go
delete from messages where id = @P1
go
delete from messages where tenant_id = @P1
go
delete from messages where tenant_id = @P1 and user_id = @P2
go
delete from new_users where tenant_id = @P1
go
delete from one_time_codes where tenant_id = @P1
go
delete from one_time_codes where tenant_id = @P1 and digest = @P2
go
delete from one_time_codes where tenant_id = @P1 and expires_at <= @P2
go
delete from one_time_codes where tenant_id = @P1 and user_id = @P2
go
delete from one_time_codes where tenant_id = @P1 and user_id = @P2 and purpose = @P3
go
delete from permissions where tenant_id = @P1
go
delete from permissions where tenant_id = @P1 and permission = @P2 and version = @P3 and not exists (select 1 from role_permissions p where p.tenant_id = permissions.tenant_id and p.permission = permissions.permission)
go
delete from policies where tenant_id = @P1
go
delete from policies where tenant_id = @P1 and id = @P2
go
delete from policy_activations where tenant_id = @P1
go
delete from recovery_codes where tenant_id = @P1
go
delete from recovery_codes where tenant_id = @P1 and user_id = @P2
go
delete from recovery_codes where tenant_id = @P1 and user_id = @P2 and digest = @P3
go
delete from role_assignable where tenant_id = @P1
go
delete from role_assignable where tenant_id = @P1 and role_id = @P2
go
delete from role_includes where tenant_id = @P1
go
delete from role_includes where tenant_id = @P1 and role_id = @P2
go
delete from role_permissions where tenant_id = @P1
go
delete from role_permissions where tenant_id = @P1 and role_id = @P2
go
delete from roles where tenant_id = @P1
go
delete from roles where tenant_id = @P1 and id = @P2 and version = @P3
go
delete from tenant_groups where tenant_id = @P1
go
delete from tenant_groups where tenant_id = @P1 and id = @P2 and version = @P3
go
delete from tenants where id = @P1 and version = @P2
go
delete from user_emails where tenant_id = @P1
go
delete from user_emails where tenant_id = @P1 and user_id = @P2
go
delete from user_roles where tenant_id = @P1
go
delete from user_roles where tenant_id = @P1 and role_id = @P2
go
delete from user_roles where tenant_id = @P1 and user_id = @P2
go
delete from user_roles where tenant_id = @P1 and user_id = @P2 and role_id = @P3
go
delete from users where tenant_id = @P1
go
delete from users where tenant_id = @P1 and id = @P2 and version = @P3
go
if object_id(N'schema_migrations', N'U') is null create table schema_migrations (version bigint not null primary key, name nvarchar(128) collate Latin1_General_100_BIN2 not null, checksum nvarchar(128) collate Latin1_General_100_BIN2 not null, applied_at bigint not null)
go
insert into api_keys (id, tenant_id, name, digest, permissions, expires_at, revoked_at, version, created_at, updated_at) select v.id, v.tenant_id, v.name, v.digest, v.permissions, v.expires_at, v.revoked_at, v.version, v.created_at, v.updated_at from (select id collate Latin1_General_100_BIN2 as id, tenant_id collate Latin1_General_100_BIN2 as tenant_id, name collate Latin1_General_100_BIN2 as name, digest collate Latin1_General_100_BIN2 as digest, permissions collate Latin1_General_100_BIN2 as permissions, expires_at, revoked_at, version, created_at, updated_at from openjson(@P1) with (id nvarchar(max) '$.id', tenant_id nvarchar(max) '$.tenant_id', name nvarchar(max) '$.name', digest nvarchar(max) '$.digest', permissions nvarchar(max) '$.permissions', expires_at bigint '$.expires_at', revoked_at bigint '$.revoked_at', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into api_keys (tenant_id, id, name, digest, permissions, expires_at, revoked_at, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10)
go
insert into audit_events (tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details) select tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, happened_at, action collate Latin1_General_100_BIN2 as action, outcome collate Latin1_General_100_BIN2 as outcome, actor_kind collate Latin1_General_100_BIN2 as actor_kind, actor_id collate Latin1_General_100_BIN2 as actor_id, actor_tenant collate Latin1_General_100_BIN2 as actor_tenant, target_kind collate Latin1_General_100_BIN2 as target_kind, target_id collate Latin1_General_100_BIN2 as target_id, origin collate Latin1_General_100_BIN2 as origin, trace_id collate Latin1_General_100_BIN2 as trace_id, details collate Latin1_General_100_BIN2 as details from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', happened_at bigint '$.happened_at', action nvarchar(max) '$.action', outcome nvarchar(max) '$.outcome', actor_kind nvarchar(max) '$.actor_kind', actor_id nvarchar(max) '$.actor_id', actor_tenant nvarchar(max) '$.actor_tenant', target_kind nvarchar(max) '$.target_kind', target_id nvarchar(max) '$.target_id', origin nvarchar(max) '$.origin', trace_id nvarchar(max) '$.trace_id', details nvarchar(max) '$.details')) e
go
insert into audit_events (tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details) select v.tenant_id, v.id, v.happened_at, v.action, v.outcome, v.actor_kind, v.actor_id, v.actor_tenant, v.target_kind, v.target_id, v.origin, v.trace_id, v.details from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, happened_at, action collate Latin1_General_100_BIN2 as action, outcome collate Latin1_General_100_BIN2 as outcome, actor_kind collate Latin1_General_100_BIN2 as actor_kind, actor_id collate Latin1_General_100_BIN2 as actor_id, actor_tenant collate Latin1_General_100_BIN2 as actor_tenant, target_kind collate Latin1_General_100_BIN2 as target_kind, target_id collate Latin1_General_100_BIN2 as target_id, origin collate Latin1_General_100_BIN2 as origin, trace_id collate Latin1_General_100_BIN2 as trace_id, details collate Latin1_General_100_BIN2 as details, user_id collate Latin1_General_100_BIN2 as user_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', happened_at bigint '$.happened_at', action nvarchar(max) '$.action', outcome nvarchar(max) '$.outcome', actor_kind nvarchar(max) '$.actor_kind', actor_id nvarchar(max) '$.actor_id', actor_tenant nvarchar(max) '$.actor_tenant', target_kind nvarchar(max) '$.target_kind', target_id nvarchar(max) '$.target_id', origin nvarchar(max) '$.origin', trace_id nvarchar(max) '$.trace_id', details nvarchar(max) '$.details', user_id nvarchar(max) '$.user_id')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into audit_events (tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash) select v.tenant_id, v.id, v.happened_at, v.action, v.outcome, v.actor_kind, v.actor_id, v.actor_tenant, v.target_kind, v.target_id, v.origin, v.trace_id, v.details, v.sequence, v.origin_digest, v.hash from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, happened_at, action collate Latin1_General_100_BIN2 as action, outcome collate Latin1_General_100_BIN2 as outcome, actor_kind collate Latin1_General_100_BIN2 as actor_kind, actor_id collate Latin1_General_100_BIN2 as actor_id, actor_tenant collate Latin1_General_100_BIN2 as actor_tenant, target_kind collate Latin1_General_100_BIN2 as target_kind, target_id collate Latin1_General_100_BIN2 as target_id, origin collate Latin1_General_100_BIN2 as origin, trace_id collate Latin1_General_100_BIN2 as trace_id, details collate Latin1_General_100_BIN2 as details, sequence, origin_digest collate Latin1_General_100_BIN2 as origin_digest, hash collate Latin1_General_100_BIN2 as hash from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', happened_at bigint '$.happened_at', action nvarchar(max) '$.action', outcome nvarchar(max) '$.outcome', actor_kind nvarchar(max) '$.actor_kind', actor_id nvarchar(max) '$.actor_id', actor_tenant nvarchar(max) '$.actor_tenant', target_kind nvarchar(max) '$.target_kind', target_id nvarchar(max) '$.target_id', origin nvarchar(max) '$.origin', trace_id nvarchar(max) '$.trace_id', details nvarchar(max) '$.details', sequence bigint '$.sequence', origin_digest nvarchar(max) '$.origin_digest', hash nvarchar(max) '$.hash')) v
go
insert into audit_heads (sequence, origin_digest, hash, tenant_id) values (@P1, @P2, @P3, @P4)
go
insert into audit_heads (tenant_id, sequence, origin_digest, hash) select v.tenant_id, v.sequence, v.origin_digest, v.hash from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, sequence, origin_digest collate Latin1_General_100_BIN2 as origin_digest, hash collate Latin1_General_100_BIN2 as hash from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', sequence bigint '$.sequence', origin_digest nvarchar(max) '$.origin_digest', hash nvarchar(max) '$.hash')) v
go
insert into clients (id, tenant_id, first_party, redirect_uris, scope, details, version, created_at, updated_at) select v.id, v.tenant_id, v.first_party, v.redirect_uris, v.scope, v.details, v.version, v.created_at, v.updated_at from (select id collate Latin1_General_100_BIN2 as id, tenant_id collate Latin1_General_100_BIN2 as tenant_id, first_party, redirect_uris collate Latin1_General_100_BIN2 as redirect_uris, scope collate Latin1_General_100_BIN2 as scope, details collate Latin1_General_100_BIN2 as details, version, created_at, updated_at from openjson(@P1) with (id nvarchar(max) '$.id', tenant_id nvarchar(max) '$.tenant_id', first_party bigint '$.first_party', redirect_uris nvarchar(max) '$.redirect_uris', scope nvarchar(max) '$.scope', details nvarchar(max) '$.details', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into clients (id, tenant_id, first_party, redirect_uris, scope, details, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9)
go
insert into credentials (tenant_id, id, user_id, kind, hash, secret, last_step, updated_at) select v.tenant_id, v.id, v.user_id, v.kind, v.hash, v.secret, v.last_step, v.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, user_id collate Latin1_General_100_BIN2 as user_id, kind collate Latin1_General_100_BIN2 as kind, hash collate Latin1_General_100_BIN2 as hash, secret collate Latin1_General_100_BIN2 as secret, last_step, updated_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', user_id nvarchar(max) '$.user_id', kind nvarchar(max) '$.kind', hash nvarchar(max) '$.hash', secret nvarchar(max) '$.secret', last_step bigint '$.last_step', updated_at bigint '$.updated_at')) v
go
insert into credentials (tenant_id, id, user_id, kind, hash, secret, last_step, updated_at) values (@P1, @P2, @P3, 'totp', '', @P4, @P5, @P6)
go
insert into credentials (tenant_id, id, user_id, kind, hash, updated_at) select o.tenant_id, @P1, o.user_id, 'recovery_codes', '', @P2 from credentials o where o.tenant_id = @P3 and o.user_id = @P4 and o.kind = 'totp'
go
insert into credentials (tenant_id, id, user_id, kind, hash, updated_at) values (@P1, @P2, @P3, 'password', @P4, @P5)
go
insert into credentials (tenant_id, user_id, id, kind, hash, updated_at) select n.tenant_id, v.user_id, v.id, v.kind, v.hash, v.updated_at from (select user_id collate Latin1_General_100_BIN2 as user_id, id collate Latin1_General_100_BIN2 as id, kind collate Latin1_General_100_BIN2 as kind, hash collate Latin1_General_100_BIN2 as hash, updated_at from openjson(@P1) with (user_id nvarchar(max) '$.user_id', id nvarchar(max) '$.id', kind nvarchar(max) '$.kind', hash nvarchar(max) '$.hash', updated_at bigint '$.updated_at')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into ended_sessions (tenant_id, id, user_id, ended_at) select v.tenant_id, v.id, v.user_id, v.ended_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, user_id collate Latin1_General_100_BIN2 as user_id, ended_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', user_id nvarchar(max) '$.user_id', ended_at bigint '$.ended_at')) v
go
insert into ended_sessions (tenant_id, id, user_id, ended_at) values (@P1, @P2, @P3, @P4)
go
insert into external_ids (tenant_id, system_name, external_id, user_id) select v.tenant_id, v.system_name, v.external_id, v.user_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, system_name collate Latin1_General_100_BIN2 as system_name, external_id collate Latin1_General_100_BIN2 as external_id, user_id collate Latin1_General_100_BIN2 as user_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', system_name nvarchar(max) '$.system_name', external_id nvarchar(max) '$.external_id', user_id nvarchar(max) '$.user_id')) v
go
insert into external_ids (tenant_id, user_id, system_name, external_id) select @P1, @P2, v.system_name, v.external_id from (select system_name collate Latin1_General_100_BIN2 as system_name, external_id collate Latin1_General_100_BIN2 as external_id from openjson(@P3) with (system_name nvarchar(max) '$.system_name', external_id nvarchar(max) '$.external_id')) v
go
insert into external_ids (tenant_id, user_id, system_name, external_id) select n.tenant_id, v.user_id, v.system_name, v.external_id from (select user_id collate Latin1_General_100_BIN2 as user_id, system_name collate Latin1_General_100_BIN2 as system_name, external_id collate Latin1_General_100_BIN2 as external_id from openjson(@P1) with (user_id nvarchar(max) '$.user_id', system_name nvarchar(max) '$.system_name', external_id nvarchar(max) '$.external_id')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into group_members (tenant_id, group_id, user_id) select t.id, @P1, @P2 from tenants t where t.id = @P3 and not exists (select 1 from group_members m where m.tenant_id = @P4 and m.user_id = @P5 and m.group_id = @P6)
go
insert into group_members (tenant_id, user_id, group_id) select n.tenant_id, v.user_id, v.group_id from (select user_id collate Latin1_General_100_BIN2 as user_id, group_id collate Latin1_General_100_BIN2 as group_id from openjson(@P1) with (user_id nvarchar(max) '$.user_id', group_id nvarchar(max) '$.group_id')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into group_members (tenant_id, user_id, group_id) select v.tenant_id, v.user_id, v.group_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, group_id collate Latin1_General_100_BIN2 as group_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', group_id nvarchar(max) '$.group_id')) v
go
insert into group_roles (tenant_id, group_id, role_id) select t.id, @P1, @P2 from tenants t where t.id = @P3 and not exists (select 1 from group_roles g where g.tenant_id = @P4 and g.group_id = @P5 and g.role_id = @P6)
go
insert into group_roles (tenant_id, group_id, role_id) select v.tenant_id, v.group_id, v.role_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, group_id collate Latin1_General_100_BIN2 as group_id, role_id collate Latin1_General_100_BIN2 as role_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', group_id nvarchar(max) '$.group_id', role_id nvarchar(max) '$.role_id')) v
go
insert into idempotency_keys (tenant_id, key_digest, fingerprint, target, created_at) select v.tenant_id, v.key_digest, v.fingerprint, v.target, v.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, key_digest collate Latin1_General_100_BIN2 as key_digest, fingerprint collate Latin1_General_100_BIN2 as fingerprint, target collate Latin1_General_100_BIN2 as target, created_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', key_digest nvarchar(max) '$.key_digest', fingerprint nvarchar(max) '$.fingerprint', target nvarchar(max) '$.target', created_at bigint '$.created_at')) v
go
insert into idempotency_keys (tenant_id, key_digest, fingerprint, target, created_at) values (@P1, @P2, @P3, @P4, @P5)
go
insert into messages (id, tenant_id, user_id, kind, channel, content, attempts, due_at, expires_at, created_at) select v.id, v.tenant_id, v.user_id, v.kind, v.channel, v.content, v.attempts, v.due_at, v.expires_at, v.created_at from (select id collate Latin1_General_100_BIN2 as id, tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, kind collate Latin1_General_100_BIN2 as kind, channel collate Latin1_General_100_BIN2 as channel, content collate Latin1_General_100_BIN2 as content, attempts, due_at, expires_at, created_at from openjson(@P1) with (id nvarchar(max) '$.id', tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', kind nvarchar(max) '$.kind', channel nvarchar(max) '$.channel', content nvarchar(max) '$.content', attempts bigint '$.attempts', due_at bigint '$.due_at', expires_at bigint '$.expires_at', created_at bigint '$.created_at')) v
go
insert into messages (id, tenant_id, user_id, kind, channel, content, attempts, due_at, expires_at, created_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9, @P10)
go
insert into new_users (tenant_id, id) select @P1, v.id from (select id collate Latin1_General_100_BIN2 as id, username_key collate Latin1_General_100_BIN2 as username_key from openjson(@P2) with (id nvarchar(max) '$.id', username_key nvarchar(max) '$.username_key')) v where not exists (select 1 from users u where u.tenant_id = @P3 and u.id = v.id) and not exists (select 1 from users u where u.tenant_id = @P4 and u.username_key = v.username_key) and v.id not in (select v.user_id from (select user_id collate Latin1_General_100_BIN2 as user_id, email_key collate Latin1_General_100_BIN2 as email_key from openjson(@P5) with (user_id nvarchar(max) '$.user_id', email_key nvarchar(max) '$.email_key')) v cross join user_emails e where e.tenant_id = @P6 and e.email_key = v.email_key) and v.id not in (select v.user_id from (select user_id collate Latin1_General_100_BIN2 as user_id, system_name collate Latin1_General_100_BIN2 as system_name, external_id collate Latin1_General_100_BIN2 as external_id from openjson(@P7) with (user_id nvarchar(max) '$.user_id', system_name nvarchar(max) '$.system_name', external_id nvarchar(max) '$.external_id')) v cross join external_ids e where e.tenant_id = @P8 and e.system_name = v.system_name and e.external_id + N'.' = v.external_id + N'.')
go
insert into one_time_codes (tenant_id, digest, purpose, user_id, address, expires_at, created_at) select v.tenant_id, v.digest, v.purpose, v.user_id, v.address, v.expires_at, v.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, digest collate Latin1_General_100_BIN2 as digest, purpose collate Latin1_General_100_BIN2 as purpose, user_id collate Latin1_General_100_BIN2 as user_id, address collate Latin1_General_100_BIN2 as address, expires_at, created_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', digest nvarchar(max) '$.digest', purpose nvarchar(max) '$.purpose', user_id nvarchar(max) '$.user_id', address nvarchar(max) '$.address', expires_at bigint '$.expires_at', created_at bigint '$.created_at')) v
go
insert into one_time_codes (tenant_id, digest, purpose, user_id, address, expires_at, created_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7)
go
insert into permissions (tenant_id, permission, description, version, created_at, updated_at)
select p.tenant_id, p.permission, '', 1, min(r.created_at), min(r.created_at)
from role_permissions p join roles r on r.tenant_id = p.tenant_id and r.id = p.role_id
where p.permission not like '%*'
group by p.tenant_id, p.permission
go
insert into permissions (tenant_id, permission, description, version, created_at, updated_at) select v.tenant_id, v.permission, v.description, v.version, v.created_at, v.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, permission collate Latin1_General_100_BIN2 as permission, description collate Latin1_General_100_BIN2 as description, version, created_at, updated_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', permission nvarchar(max) '$.permission', description nvarchar(max) '$.description', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into permissions (tenant_id, permission, description, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6)
go
insert into policies (tenant_id, id, number, description, source, created_at) select @P1, @P2, coalesce(max(p.number), 0) + 1, @P3, @P4, @P5 from policies p where p.tenant_id = @P6
go
insert into policies (tenant_id, id, number, description, source, created_at) select v.tenant_id, v.id, v.number, v.description, v.source, v.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, number, description collate Latin1_General_100_BIN2 as description, source collate Latin1_General_100_BIN2 as source, created_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', number bigint '$.number', description nvarchar(max) '$.description', source nvarchar(max) '$.source', created_at bigint '$.created_at')) v
go
insert into policy_activations (tenant_id, active_id, previous_id, version) select v.tenant_id, v.active_id, v.previous_id, v.version from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, active_id collate Latin1_General_100_BIN2 as active_id, previous_id collate Latin1_General_100_BIN2 as previous_id, version from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', active_id nvarchar(max) '$.active_id', previous_id nvarchar(max) '$.previous_id', version bigint '$.version')) v
go
insert into policy_activations (tenant_id, active_id, previous_id, version) values (@P1, @P2, null, 1)
go
insert into recovery_codes (tenant_id, user_id, digest) select @P1, @P2, v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P3)) v
go
insert into recovery_codes (tenant_id, user_id, digest) select v.tenant_id, v.user_id, v.digest from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, digest collate Latin1_General_100_BIN2 as digest from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', digest nvarchar(max) '$.digest')) v
go
insert into role_assignable (tenant_id, role_id, assignable_id) select @P1, @P2, v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P3)) v
go
insert into role_assignable (tenant_id, role_id, assignable_id) select v.tenant_id, v.role_id, v.assignable_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, assignable_id collate Latin1_General_100_BIN2 as assignable_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', assignable_id nvarchar(max) '$.assignable_id')) v
go
insert into role_includes (tenant_id, role_id, included_id) select @P1, @P2, v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P3)) v
go
insert into role_includes (tenant_id, role_id, included_id) select v.tenant_id, v.role_id, v.included_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, included_id collate Latin1_General_100_BIN2 as included_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', included_id nvarchar(max) '$.included_id')) v
go
insert into role_permissions (tenant_id, role_id, permission) select @P1, @P2, v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P3)) v
go
insert into role_permissions (tenant_id, role_id, permission) select v.tenant_id, v.role_id, v.permission from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, permission collate Latin1_General_100_BIN2 as permission from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', permission nvarchar(max) '$.permission')) v
go
insert into roles (tenant_id, id, name, description, version, created_at, updated_at) select v.tenant_id, v.id, v.name, v.description, v.version, v.created_at, v.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, name collate Latin1_General_100_BIN2 as name, description collate Latin1_General_100_BIN2 as description, version, created_at, updated_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', name nvarchar(max) '$.name', description nvarchar(max) '$.description', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into roles (tenant_id, id, name, description, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7)
go
insert into schema_migrations (version, name, checksum, applied_at) values (@P1, @P2, @P3, datediff_big(millisecond, '1970-01-01', sysutcdatetime()))
go
insert into tenant_groups (tenant_id, id, name, description, parent_id, version, created_at, updated_at) select v.tenant_id, v.id, v.name, v.description, v.parent_id, v.version, v.created_at, v.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, name collate Latin1_General_100_BIN2 as name, description collate Latin1_General_100_BIN2 as description, parent_id collate Latin1_General_100_BIN2 as parent_id, version, created_at, updated_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', name nvarchar(max) '$.name', description nvarchar(max) '$.description', parent_id nvarchar(max) '$.parent_id', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into tenant_groups (tenant_id, id, name, description, parent_id, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8)
go
insert into tenants (id, name, display_name, status, settings, version, created_at, updated_at) select v.id, v.name, v.display_name, v.status, v.settings, v.version, v.created_at, v.updated_at from (select id collate Latin1_General_100_BIN2 as id, name collate Latin1_General_100_BIN2 as name, display_name collate Latin1_General_100_BIN2 as display_name, status collate Latin1_General_100_BIN2 as status, settings collate Latin1_General_100_BIN2 as settings, version, created_at, updated_at from openjson(@P1) with (id nvarchar(max) '$.id', name nvarchar(max) '$.name', display_name nvarchar(max) '$.display_name', status nvarchar(max) '$.status', settings nvarchar(max) '$.settings', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into tenants (id, name, display_name, status, settings, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8)
go
insert into user_emails (tenant_id, email_key, user_id) select v.tenant_id, v.email_key, v.user_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, email_key collate Latin1_General_100_BIN2 as email_key, user_id collate Latin1_General_100_BIN2 as user_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', email_key nvarchar(max) '$.email_key', user_id nvarchar(max) '$.user_id')) v
go
insert into user_emails (tenant_id, user_id, email_key) select @P1, @P2, v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P3)) v
go
insert into user_emails (tenant_id, user_id, email_key) select n.tenant_id, v.user_id, v.email_key from (select user_id collate Latin1_General_100_BIN2 as user_id, email_key collate Latin1_General_100_BIN2 as email_key from openjson(@P1) with (user_id nvarchar(max) '$.user_id', email_key nvarchar(max) '$.email_key')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into user_roles (tenant_id, user_id, role_id) select n.tenant_id, v.user_id, v.role_id from (select user_id collate Latin1_General_100_BIN2 as user_id, role_id collate Latin1_General_100_BIN2 as role_id from openjson(@P1) with (user_id nvarchar(max) '$.user_id', role_id nvarchar(max) '$.role_id')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.user_id
go
insert into user_roles (tenant_id, user_id, role_id) select t.id, @P1, @P2 from tenants t where t.id = @P3 and not exists (select 1 from user_roles u where u.tenant_id = @P4 and u.user_id = @P5 and u.role_id = @P6)
go
insert into user_roles (tenant_id, user_id, role_id) select v.tenant_id, v.user_id, v.role_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, role_id collate Latin1_General_100_BIN2 as role_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', role_id nvarchar(max) '$.role_id')) v
go
insert into users (tenant_id, id, username, username_key, status, details, version, created_at, updated_at) select n.tenant_id, v.id, v.username, v.username_key, v.status, v.details, v.version, v.created_at, v.updated_at from (select id collate Latin1_General_100_BIN2 as id, username collate Latin1_General_100_BIN2 as username, username_key collate Latin1_General_100_BIN2 as username_key, status collate Latin1_General_100_BIN2 as status, details collate Latin1_General_100_BIN2 as details, version, created_at, updated_at from openjson(@P1) with (id nvarchar(max) '$.id', username nvarchar(max) '$.username', username_key nvarchar(max) '$.username_key', status nvarchar(max) '$.status', details nvarchar(max) '$.details', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v cross join new_users n where n.tenant_id = @P2 and n.id = v.id
go
insert into users (tenant_id, id, username, username_key, status, details, version, created_at, updated_at) select v.tenant_id, v.id, v.username, v.username_key, v.status, v.details, v.version, v.created_at, v.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id, username collate Latin1_General_100_BIN2 as username, username_key collate Latin1_General_100_BIN2 as username_key, status collate Latin1_General_100_BIN2 as status, details collate Latin1_General_100_BIN2 as details, version, created_at, updated_at from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id', username nvarchar(max) '$.username', username_key nvarchar(max) '$.username_key', status nvarchar(max) '$.status', details nvarchar(max) '$.details', version bigint '$.version', created_at bigint '$.created_at', updated_at bigint '$.updated_at')) v
go
insert into users (tenant_id, id, username, username_key, status, details, version, created_at, updated_at) values (@P1, @P2, @P3, @P4, @P5, @P6, @P7, @P8, @P9)
go
select active_id, previous_id, version from policy_activations where tenant_id = @P1
go
select c.id, c.kind, c.updated_at from credentials c where c.tenant_id = @P1 and c.user_id = @P2 and (c.kind <> 'recovery_codes' or exists (select 1 from recovery_codes r where r.tenant_id = c.tenant_id and r.user_id = c.user_id))
go
select c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c where c.id = @P1 and c.tenant_id = @P2
go
select c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c where c.tenant_id = @P1 and c.id > @P2 and c.id < @P3 order by c.id offset 0 rows fetch next @P4 rows only
go
select c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c where c.tenant_id = @P1 and c.id > @P2 order by c.id offset 0 rows fetch next @P3 rows only
go
select c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c where c.tenant_id = @P1 and c.id >= @P2 and c.id < @P3 order by c.id offset 0 rows fetch next @P4 rows only
go
select c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c where c.tenant_id = @P1 and c.id >= @P2 order by c.id offset 0 rows fetch next @P3 rows only
go
select count(*) from api_keys
go
select count(*) from audit_events
go
select count(*) from audit_heads
go
select count(*) from clients
go
select count(*) from credentials
go
select count(*) from ended_sessions
go
select count(*) from external_ids
go
select count(*) from group_members
go
select count(*) from group_roles
go
select count(*) from idempotency_keys
go
select count(*) from idempotency_keys where tenant_id = @P1 and created_at < @P2
go
select count(*) from messages
go
select count(*) from messages where due_at <= @P1 and expires_at > @P2
go
select count(*) from messages where expires_at <= @P1
go
select count(*) from one_time_codes
go
select count(*) from one_time_codes where tenant_id = @P1 and expires_at <= @P2
go
select count(*) from one_time_codes where tenant_id = @P1 and user_id = @P2 and purpose = @P3 and created_at >= @P4
go
select count(*) from permissions
go
select count(*) from policies
go
select count(*) from policy_activations
go
select count(*) from recovery_codes
go
select count(*) from recovery_codes where tenant_id = @P1 and user_id = @P2
go
select count(*) from role_assignable
go
select count(*) from role_includes
go
select count(*) from role_permissions
go
select count(*) from roles
go
select count(*) from tenant_groups
go
select count(*) from tenants
go
select count(*) from user_emails
go
select count(*) from user_roles
go
select count(*) from users
go
select digest, purpose, user_id, address, expires_at, created_at from one_time_codes where tenant_id = @P1 and digest = @P2 and purpose = @P3 and expires_at > @P4
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from group_members x cross join tenant_groups g where g.tenant_id = @P1 and g.name >= @P2 and g.name < @P3 and g.parent_id = @P4 and x.tenant_id = @P5 and x.user_id = @P6 and g.tenant_id = x.tenant_id and g.id = x.group_id and x.group_id > @P7 order by x.group_id offset 0 rows fetch next @P8 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from group_members x cross join tenant_groups g where g.tenant_id = @P1 and g.name >= @P2 and g.name < @P3 and x.tenant_id = @P4 and x.user_id = @P5 and g.tenant_id = x.tenant_id and g.id = x.group_id and x.group_id > @P6 order by x.group_id offset 0 rows fetch next @P7 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from group_members x cross join tenant_groups g where g.tenant_id = @P1 and g.parent_id = @P2 and x.tenant_id = @P3 and x.user_id = @P4 and g.tenant_id = x.tenant_id and g.id = x.group_id and x.group_id > @P5 order by x.group_id offset 0 rows fetch next @P6 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from group_members x cross join tenant_groups g where g.tenant_id = @P1 and x.tenant_id = @P2 and x.user_id = @P3 and g.tenant_id = x.tenant_id and g.id = x.group_id and x.group_id > @P4 order by x.group_id offset 0 rows fetch next @P5 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.id = @P2
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.id > @P2 order by g.id offset 0 rows fetch next @P3 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.name = @P2
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.name >= @P2 and coalesce(g.id, '') > @P3 order by coalesce(g.id, '') offset 0 rows fetch next @P4 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.name >= @P2 and g.name < @P3 and coalesce(g.id, '') > @P4 order by coalesce(g.id, '') offset 0 rows fetch next @P5 rows only
go
select g.id, g.name, g.description, g.parent_id, g.version, g.created_at, g.updated_at from tenant_groups g where g.tenant_id = @P1 and g.parent_id = @P2 and g.id > @P3 order by g.id offset 0 rows fetch next @P4 rows only
go
select id from new_users where tenant_id = @P1
go
select id from users where tenant_id = @P1 and status = 'deleted' and updated_at < @P2 order by id offset 0 rows fetch next @P3 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.action >= @P2 and e.action < @P3 and e.happened_at < @P4 and e.id > @P5 order by e.id offset 0 rows fetch next @P6 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.action >= @P2 and e.action < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.action >= @P2 and e.action < @P3 and e.outcome = @P4 and e.id > @P5 order by e.id offset 0 rows fetch next @P6 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.action >= @P2 and e.happened_at < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.actor_id = @P2 and e.happened_at < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.actor_id = @P2 and e.id > @P3 order by e.id offset 0 rows fetch next @P4 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.actor_id = @P2 and e.target_id = @P3 and e.action >= @P4 and e.action < @P5 and e.happened_at < @P6 and e.id > @P7 order by e.id offset 0 rows fetch next @P8 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.happened_at < @P2 and e.id > @P3 order by e.id offset 0 rows fetch next @P4 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.happened_at >= @P2 and e.happened_at < @P3 and coalesce(e.id, '') > @P4 order by coalesce(e.id, '') offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.happened_at >= @P2 and e.happened_at < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.id > @P2 order by e.id offset 0 rows fetch next @P3 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.outcome = @P2 and e.happened_at < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.target_id = @P2 and e.happened_at < @P3 and e.id > @P4 order by e.id offset 0 rows fetch next @P5 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.target_id = @P2 and e.happened_at >= @P3 and e.happened_at < @P4 and e.id > @P5 order by e.id offset 0 rows fetch next @P6 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events e where e.tenant_id = @P1 and e.target_id = @P2 and e.outcome = @P3 and e.happened_at >= @P4 and e.happened_at < @P5 and e.id > @P6 order by e.id offset 0 rows fetch next @P7 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events where tenant_id = @P1 and sequence > @P2 order by sequence offset 0 rows fetch next @P3 rows only
go
select id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events where tenant_id = @P1 and sequence is null order by id offset 0 rows fetch next @P2 rows only
go
select id, name, display_name, status, settings, version, created_at, updated_at from tenants order by id offset 0 rows fetch next @P1 rows only
go
select id, name, display_name, status, settings, version, created_at, updated_at from tenants where id > @P1 order by id offset 0 rows fetch next @P2 rows only
go
select id, number, description, source, created_at from policies p where p.tenant_id = @P1 and p.id > @P2 order by p.id offset 0 rows fetch next @P3 rows only
go
select id, number, description, source, created_at from policies where tenant_id = @P1 and id = @P2
go
select id, tenant_id, first_party, redirect_uris, scope, details, version, created_at, updated_at from clients order by id offset 0 rows fetch next @P1 rows only
go
select id, tenant_id, first_party, redirect_uris, scope, details, version, created_at, updated_at from clients where id > @P1 order by id offset 0 rows fetch next @P2 rows only
go
select id, tenant_id, name, digest, permissions, expires_at, revoked_at, version, created_at, updated_at from api_keys order by id offset 0 rows fetch next @P1 rows only
go
select id, tenant_id, name, digest, permissions, expires_at, revoked_at, version, created_at, updated_at from api_keys where id > @P1 order by id offset 0 rows fetch next @P2 rows only
go
select id, tenant_id, user_id, kind, channel, content, attempts, due_at, expires_at, created_at from messages order by id offset 0 rows fetch next @P1 rows only
go
select id, tenant_id, user_id, kind, channel, content, attempts, due_at, expires_at, created_at from messages where id > @P1 order by id offset 0 rows fetch next @P2 rows only
go
select id, tenant_id, user_id, kind, channel, content, attempts, expires_at, created_at from messages where due_at <= @P1 and expires_at > @P2 order by due_at, id offset 0 rows fetch next @P3 rows only
go
select id, user_id, ended_at from ended_sessions where tenant_id = @P1 and id = @P2
go
select id, user_id, ended_at from ended_sessions where tenant_id = @P1 and user_id = @P2 order by id
go
select id, user_id, hash, updated_at from credentials where tenant_id = @P1 and user_id = @P2 and kind = 'password'
go
select k.id, k.name, k.digest, k.permissions, k.expires_at, k.revoked_at, k.version, k.created_at, k.updated_at from api_keys k where k.id = @P1 and k.tenant_id = @P2
go
select k.id, k.name, k.digest, k.permissions, k.expires_at, k.revoked_at, k.version, k.created_at, k.updated_at from api_keys k where k.tenant_id = @P1 and k.id > @P2 order by k.id offset 0 rows fetch next @P3 rows only
go
select key_digest, fingerprint, target, created_at from idempotency_keys where tenant_id = @P1 and key_digest = @P2
go
select o.id, o.user_id, o.secret, o.last_step, o.updated_at from credentials o where o.tenant_id = @P1 and o.kind = 'totp' and (o.secret < @P2 or o.secret >= @P3) and o.id > @P4 order by o.id offset 0 rows fetch next @P5 rows only
go
select permission, description, version, created_at, updated_at from permissions p where p.tenant_id = @P1 and p.permission > @P2 and p.permission < @P3 order by p.permission offset 0 rows fetch next @P4 rows only
go
select permission, description, version, created_at, updated_at from permissions p where p.tenant_id = @P1 and p.permission > @P2 order by p.permission offset 0 rows fetch next @P3 rows only
go
select permission, description, version, created_at, updated_at from permissions p where p.tenant_id = @P1 and p.permission >= @P2 and p.permission < @P3 order by p.permission offset 0 rows fetch next @P4 rows only
go
select permission, description, version, created_at, updated_at from permissions p where p.tenant_id = @P1 and p.permission >= @P2 order by p.permission offset 0 rows fetch next @P3 rows only
go
select permission, description, version, created_at, updated_at from permissions where tenant_id = @P1 and permission = @P2
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from group_roles x cross join roles r where r.tenant_id = @P1 and x.tenant_id = @P2 and x.group_id = @P3 and r.tenant_id = x.tenant_id and r.id = x.role_id and x.role_id > @P4 order by x.role_id offset 0 rows fetch next @P5 rows only
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from roles r where r.tenant_id = @P1 and r.id = @P2
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from roles r where r.tenant_id = @P1 and r.id > @P2 order by r.id offset 0 rows fetch next @P3 rows only
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from roles r where r.tenant_id = @P1 and r.name = @P2
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from roles r where r.tenant_id = @P1 and r.name >= @P2 and coalesce(r.id, '') > @P3 order by coalesce(r.id, '') offset 0 rows fetch next @P4 rows only
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from roles r where r.tenant_id = @P1 and r.name >= @P2 and r.name < @P3 and coalesce(r.id, '') > @P4 order by coalesce(r.id, '') offset 0 rows fetch next @P5 rows only
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from user_roles x cross join roles r where r.tenant_id = @P1 and r.name >= @P2 and r.name < @P3 and x.tenant_id = @P4 and x.user_id = @P5 and r.tenant_id = x.tenant_id and r.id = x.role_id and x.role_id > @P6 order by x.role_id offset 0 rows fetch next @P7 rows only
go
select r.id, r.name, r.description, (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_permissions p where p.tenant_id = r.tenant_id and p.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(i.included_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_includes i where i.tenant_id = r.tenant_id and i.role_id = r.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(ra.assignable_id as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from role_assignable ra where ra.tenant_id = r.tenant_id and ra.role_id = r.id), r.version, r.created_at, r.updated_at from user_roles x cross join roles r where r.tenant_id = @P1 and x.tenant_id = @P2 and x.user_id = @P3 and r.tenant_id = x.tenant_id and r.id = x.role_id and x.role_id > @P4 order by x.role_id offset 0 rows fetch next @P5 rows only
go
select sequence, origin_digest, hash from audit_heads where tenant_id = @P1
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at from (select id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (id nvarchar(max) '$.id')) v cross join tenants t where t.id = v.id
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at from tenants t where t.id = @P1
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at from tenants t where t.name = @P1
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at from tenants t where t.status <> @P1 and t.name >= @P2 and t.name < @P3 and coalesce(t.id, '') > @P4 order by coalesce(t.id, '') offset 0 rows fetch next @P5 rows only
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at from tenants t where t.status = @P1 and t.name >= @P2 and t.name < @P3 and coalesce(t.id, '') > @P4 order by coalesce(t.id, '') offset 0 rows fetch next @P5 rows only
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at, c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at from clients c cross join tenants t where c.id = @P1 and t.id = c.tenant_id
go
select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at, k.id, k.name, k.digest, k.permissions, k.expires_at, k.revoked_at, k.version, k.created_at, k.updated_at from api_keys k cross join tenants t where k.id = @P1 and t.id = k.tenant_id
go
select t.id, t.tenant_id, t.first_party, t.redirect_uris, t.scope, t.details, t.version, t.created_at, t.updated_at from (select id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (id nvarchar(max) '$.id')) v cross join clients t where t.id = v.id
go
select t.id, t.tenant_id, t.name, t.digest, t.permissions, t.expires_at, t.revoked_at, t.version, t.created_at, t.updated_at from (select id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (id nvarchar(max) '$.id')) v cross join api_keys t where t.id = v.id
go
select t.id, t.tenant_id, t.user_id, t.kind, t.channel, t.content, t.attempts, t.due_at, t.expires_at, t.created_at from (select id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (id nvarchar(max) '$.id')) v cross join messages t where t.id = v.id
go
select t.tenant_id, t.active_id, t.previous_id, t.version from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id')) v cross join policy_activations t where t.tenant_id = v.tenant_id
go
select t.tenant_id, t.digest, t.purpose, t.user_id, t.address, t.expires_at, t.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, digest collate Latin1_General_100_BIN2 as digest from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', digest nvarchar(max) '$.digest')) v cross join one_time_codes t where t.tenant_id = v.tenant_id and t.digest = v.digest
go
select t.tenant_id, t.email_key, t.user_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, email_key collate Latin1_General_100_BIN2 as email_key from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', email_key nvarchar(max) '$.email_key')) v cross join user_emails t where t.tenant_id = v.tenant_id and t.email_key = v.email_key
go
select t.tenant_id, t.group_id, t.role_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, group_id collate Latin1_General_100_BIN2 as group_id, role_id collate Latin1_General_100_BIN2 as role_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', group_id nvarchar(max) '$.group_id', role_id nvarchar(max) '$.role_id')) v cross join group_roles t where t.tenant_id = v.tenant_id and t.group_id = v.group_id and t.role_id = v.role_id
go
select t.tenant_id, t.id, t.happened_at, t.action, t.outcome, t.actor_kind, t.actor_id, t.actor_tenant, t.target_kind, t.target_id, t.origin, t.trace_id, t.details, t.sequence, t.origin_digest, t.hash from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join audit_events t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.name, t.description, t.parent_id, t.version, t.created_at, t.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join tenant_groups t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.name, t.description, t.version, t.created_at, t.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join roles t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.number, t.description, t.source, t.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join policies t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.user_id, t.ended_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join ended_sessions t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.user_id, t.kind, t.hash, t.secret, t.last_step, t.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join credentials t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.id, t.username, t.username_key, t.status, t.details, t.version, t.created_at, t.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, id collate Latin1_General_100_BIN2 as id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', id nvarchar(max) '$.id')) v cross join users t where t.tenant_id = v.tenant_id and t.id = v.id
go
select t.tenant_id, t.key_digest, t.fingerprint, t.target, t.created_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, key_digest collate Latin1_General_100_BIN2 as key_digest from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', key_digest nvarchar(max) '$.key_digest')) v cross join idempotency_keys t where t.tenant_id = v.tenant_id and t.key_digest = v.key_digest
go
select t.tenant_id, t.permission, t.description, t.version, t.created_at, t.updated_at from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, permission collate Latin1_General_100_BIN2 as permission from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', permission nvarchar(max) '$.permission')) v cross join permissions t where t.tenant_id = v.tenant_id and t.permission = v.permission
go
select t.tenant_id, t.role_id, t.assignable_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, assignable_id collate Latin1_General_100_BIN2 as assignable_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', assignable_id nvarchar(max) '$.assignable_id')) v cross join role_assignable t where t.tenant_id = v.tenant_id and t.role_id = v.role_id and t.assignable_id = v.assignable_id
go
select t.tenant_id, t.role_id, t.included_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, included_id collate Latin1_General_100_BIN2 as included_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', included_id nvarchar(max) '$.included_id')) v cross join role_includes t where t.tenant_id = v.tenant_id and t.role_id = v.role_id and t.included_id = v.included_id
go
select t.tenant_id, t.role_id, t.permission from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, role_id collate Latin1_General_100_BIN2 as role_id, permission collate Latin1_General_100_BIN2 as permission from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', role_id nvarchar(max) '$.role_id', permission nvarchar(max) '$.permission')) v cross join role_permissions t where t.tenant_id = v.tenant_id and t.role_id = v.role_id and t.permission = v.permission
go
select t.tenant_id, t.sequence, t.origin_digest, t.hash from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id')) v cross join audit_heads t where t.tenant_id = v.tenant_id
go
select t.tenant_id, t.system_name, t.external_id, t.user_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, system_name collate Latin1_General_100_BIN2 as system_name, external_id collate Latin1_General_100_BIN2 as external_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', system_name nvarchar(max) '$.system_name', external_id nvarchar(max) '$.external_id')) v cross join external_ids t where t.tenant_id = v.tenant_id and t.system_name = v.system_name and t.external_id = v.external_id
go
select t.tenant_id, t.user_id, t.digest from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, digest collate Latin1_General_100_BIN2 as digest from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', digest nvarchar(max) '$.digest')) v cross join recovery_codes t where t.tenant_id = v.tenant_id and t.user_id = v.user_id and t.digest = v.digest
go
select t.tenant_id, t.user_id, t.group_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, group_id collate Latin1_General_100_BIN2 as group_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', group_id nvarchar(max) '$.group_id')) v cross join group_members t where t.tenant_id = v.tenant_id and t.user_id = v.user_id and t.group_id = v.group_id
go
select t.tenant_id, t.user_id, t.role_id from (select tenant_id collate Latin1_General_100_BIN2 as tenant_id, user_id collate Latin1_General_100_BIN2 as user_id, role_id collate Latin1_General_100_BIN2 as role_id from openjson(@P1) with (tenant_id nvarchar(max) '$.tenant_id', user_id nvarchar(max) '$.user_id', role_id nvarchar(max) '$.role_id')) v cross join user_roles t where t.tenant_id = v.tenant_id and t.user_id = v.user_id and t.role_id = v.role_id
go
select tenant_id, active_id, previous_id, version from policy_activations order by tenant_id offset 0 rows fetch next @P1 rows only
go
select tenant_id, active_id, previous_id, version from policy_activations where tenant_id > @P1 order by tenant_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, digest, purpose, user_id, address, expires_at, created_at from one_time_codes where tenant_id = @P1 and digest > @P2 order by tenant_id, digest offset 0 rows fetch next @P3 rows only
go
select tenant_id, digest, purpose, user_id, address, expires_at, created_at from one_time_codes where tenant_id > @P1 order by tenant_id, digest offset 0 rows fetch next @P2 rows only
go
select tenant_id, email_key, user_id from user_emails where tenant_id = @P1 and email_key > @P2 order by tenant_id, email_key offset 0 rows fetch next @P3 rows only
go
select tenant_id, email_key, user_id from user_emails where tenant_id > @P1 order by tenant_id, email_key offset 0 rows fetch next @P2 rows only
go
select tenant_id, group_id, role_id from group_roles where tenant_id = @P1 and group_id = @P2 and role_id > @P3 order by tenant_id, group_id, role_id offset 0 rows fetch next @P4 rows only
go
select tenant_id, group_id, role_id from group_roles where tenant_id = @P1 and group_id > @P2 order by tenant_id, group_id, role_id offset 0 rows fetch next @P3 rows only
go
select tenant_id, group_id, role_id from group_roles where tenant_id > @P1 order by tenant_id, group_id, role_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, happened_at, action, outcome, actor_kind, actor_id, actor_tenant, target_kind, target_id, origin, trace_id, details, sequence, origin_digest, hash from audit_events where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, name, description, parent_id, version, created_at, updated_at from tenant_groups where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, name, description, parent_id, version, created_at, updated_at from tenant_groups where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, name, description, version, created_at, updated_at from roles where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, name, description, version, created_at, updated_at from roles where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, number, description, source, created_at from policies where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, number, description, source, created_at from policies where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, user_id, ended_at from ended_sessions where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, user_id, ended_at from ended_sessions where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, user_id, kind, hash, secret, last_step, updated_at from credentials where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, user_id, kind, hash, secret, last_step, updated_at from credentials where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, id, username, username_key, status, details, version, created_at, updated_at from users where tenant_id = @P1 and id > @P2 order by tenant_id, id offset 0 rows fetch next @P3 rows only
go
select tenant_id, id, username, username_key, status, details, version, created_at, updated_at from users where tenant_id > @P1 order by tenant_id, id offset 0 rows fetch next @P2 rows only
go
select tenant_id, key_digest, fingerprint, target, created_at from idempotency_keys where tenant_id = @P1 and key_digest > @P2 order by tenant_id, key_digest offset 0 rows fetch next @P3 rows only
go
select tenant_id, key_digest, fingerprint, target, created_at from idempotency_keys where tenant_id > @P1 order by tenant_id, key_digest offset 0 rows fetch next @P2 rows only
go
select tenant_id, permission, description, version, created_at, updated_at from permissions where tenant_id = @P1 and permission > @P2 order by tenant_id, permission offset 0 rows fetch next @P3 rows only
go
select tenant_id, permission, description, version, created_at, updated_at from permissions where tenant_id > @P1 order by tenant_id, permission offset 0 rows fetch next @P2 rows only
go
select tenant_id, role_id, assignable_id from role_assignable where tenant_id = @P1 and role_id = @P2 and assignable_id > @P3 order by tenant_id, role_id, assignable_id offset 0 rows fetch next @P4 rows only
go
select tenant_id, role_id, assignable_id from role_assignable where tenant_id = @P1 and role_id > @P2 order by tenant_id, role_id, assignable_id offset 0 rows fetch next @P3 rows only
go
select tenant_id, role_id, assignable_id from role_assignable where tenant_id > @P1 order by tenant_id, role_id, assignable_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, role_id, included_id from role_includes where tenant_id = @P1 and role_id = @P2 and included_id > @P3 order by tenant_id, role_id, included_id offset 0 rows fetch next @P4 rows only
go
select tenant_id, role_id, included_id from role_includes where tenant_id = @P1 and role_id > @P2 order by tenant_id, role_id, included_id offset 0 rows fetch next @P3 rows only
go
select tenant_id, role_id, included_id from role_includes where tenant_id > @P1 order by tenant_id, role_id, included_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, role_id, permission from role_permissions where tenant_id = @P1 and role_id = @P2 and permission > @P3 order by tenant_id, role_id, permission offset 0 rows fetch next @P4 rows only
go
select tenant_id, role_id, permission from role_permissions where tenant_id = @P1 and role_id > @P2 order by tenant_id, role_id, permission offset 0 rows fetch next @P3 rows only
go
select tenant_id, role_id, permission from role_permissions where tenant_id > @P1 order by tenant_id, role_id, permission offset 0 rows fetch next @P2 rows only
go
select tenant_id, sequence, origin_digest, hash from audit_heads order by tenant_id offset 0 rows fetch next @P1 rows only
go
select tenant_id, sequence, origin_digest, hash from audit_heads where tenant_id > @P1 order by tenant_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, system_name, external_id, user_id from external_ids where tenant_id = @P1 and system_name = @P2 and external_id + N'.' > @P3 + N'.' order by tenant_id, system_name, external_id + N'.' offset 0 rows fetch next @P4 rows only
go
select tenant_id, system_name, external_id, user_id from external_ids where tenant_id = @P1 and system_name > @P2 order by tenant_id, system_name, external_id + N'.' offset 0 rows fetch next @P3 rows only
go
select tenant_id, system_name, external_id, user_id from external_ids where tenant_id > @P1 order by tenant_id, system_name, external_id + N'.' offset 0 rows fetch next @P2 rows only
go
select tenant_id, user_id, digest from recovery_codes where tenant_id = @P1 and user_id = @P2 and digest > @P3 order by tenant_id, user_id, digest offset 0 rows fetch next @P4 rows only
go
select tenant_id, user_id, digest from recovery_codes where tenant_id = @P1 and user_id > @P2 order by tenant_id, user_id, digest offset 0 rows fetch next @P3 rows only
go
select tenant_id, user_id, digest from recovery_codes where tenant_id > @P1 order by tenant_id, user_id, digest offset 0 rows fetch next @P2 rows only
go
select tenant_id, user_id, group_id from group_members where tenant_id = @P1 and user_id = @P2 and group_id > @P3 order by tenant_id, user_id, group_id offset 0 rows fetch next @P4 rows only
go
select tenant_id, user_id, group_id from group_members where tenant_id = @P1 and user_id > @P2 order by tenant_id, user_id, group_id offset 0 rows fetch next @P3 rows only
go
select tenant_id, user_id, group_id from group_members where tenant_id > @P1 order by tenant_id, user_id, group_id offset 0 rows fetch next @P2 rows only
go
select tenant_id, user_id, role_id from user_roles where tenant_id = @P1 and user_id = @P2 and role_id > @P3 order by tenant_id, user_id, role_id offset 0 rows fetch next @P4 rows only
go
select tenant_id, user_id, role_id from user_roles where tenant_id = @P1 and user_id > @P2 order by tenant_id, user_id, role_id offset 0 rows fetch next @P3 rows only
go
select tenant_id, user_id, role_id from user_roles where tenant_id > @P1 order by tenant_id, user_id, role_id offset 0 rows fetch next @P2 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from external_ids x cross join users u where u.tenant_id = @P1 and u.status <> @P2 and x.tenant_id = @P3 and x.system_name = @P4 and x.external_id + N'.' = @P5 + N'.' and u.tenant_id = x.tenant_id and u.id = x.user_id and x.user_id > @P6 order by x.user_id offset 0 rows fetch next @P7 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from external_ids x cross join users u where u.tenant_id = @P1 and u.status = @P2 and u.username_key >= @P3 and u.username_key < @P4 and exists (select 1 from openjson(u.details, '$.attributes') member where member.[key] collate Latin1_General_100_BIN2 + N'.' = @P5 + N'.' and member.type in (1, 2, 3) and member.value collate Latin1_General_100_BIN2 + N'.' = @P6 + N'.') and x.tenant_id = @P7 and x.system_name = @P8 and x.external_id + N'.' = @P9 + N'.' and u.tenant_id = x.tenant_id and u.id = x.user_id and u.id in (select x.user_id from user_emails x where x.tenant_id = @P10 and x.email_key = @P11) and u.id in (select x.user_id from group_members x where x.tenant_id = @P12 and x.group_id = @P13) and u.id in (select x.user_id from user_roles x where x.tenant_id = @P14 and x.role_id = @P15) and x.user_id > @P16 order by x.user_id offset 0 rows fetch next @P17 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from group_members x cross join users u where u.tenant_id = @P1 and u.status <> @P2 and x.tenant_id = @P3 and x.group_id = @P4 and u.tenant_id = x.tenant_id and u.id = x.user_id and x.user_id > @P5 order by x.user_id offset 0 rows fetch next @P6 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from user_emails e cross join users u where e.tenant_id = @P1 and e.email_key = @P2 and u.tenant_id = e.tenant_id and u.id = e.user_id
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from user_emails x cross join users u where u.tenant_id = @P1 and u.status <> @P2 and x.tenant_id = @P3 and x.email_key = @P4 and u.tenant_id = x.tenant_id and u.id = x.user_id and x.user_id > @P5 order by x.user_id offset 0 rows fetch next @P6 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from user_roles x cross join users u where u.tenant_id = @P1 and u.status <> @P2 and x.tenant_id = @P3 and x.role_id = @P4 and u.tenant_id = x.tenant_id and u.id = x.user_id and x.user_id > @P5 order by x.user_id offset 0 rows fetch next @P6 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.id = @P2
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.status <> @P2 and exists (select 1 from openjson(u.details, '$.attributes') member where member.[key] collate Latin1_General_100_BIN2 + N'.' = @P3 + N'.' and member.type in (1, 2, 3) and member.value collate Latin1_General_100_BIN2 + N'.' = @P4 + N'.') and u.id > @P5 order by u.id offset 0 rows fetch next @P6 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.status <> @P2 and u.id > @P3 order by u.id offset 0 rows fetch next @P4 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.status <> @P2 and u.username_key >= @P3 and coalesce(u.id, '') > @P4 order by coalesce(u.id, '') offset 0 rows fetch next @P5 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.status <> @P2 and u.username_key >= @P3 and u.username_key < @P4 and coalesce(u.id, '') > @P5 order by coalesce(u.id, '') offset 0 rows fetch next @P6 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.status = @P2 and u.id > @P3 order by u.id offset 0 rows fetch next @P4 rows only
go
select u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at from users u where u.tenant_id = @P1 and u.username_key = @P2
go
select v.permission from (select permission collate Latin1_General_100_BIN2 as permission, low collate Latin1_General_100_BIN2 as low, high collate Latin1_General_100_BIN2 as high from openjson(@P1) with (permission nvarchar(max) '$.permission', low nvarchar(max) '$.low', high nvarchar(max) '$.high')) v where not exists (select 1 from permissions p where p.tenant_id = @P2 and p.permission >= v.low and p.permission <= v.high)
go
select version, checksum, applied_at from schema_migrations order by version
go
set nocount on; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, direct bigint not null, primary key (tenant_id, id, direct)); insert into @above (tenant_id, id, direct) select tenant_id, id, 1 from tenant_groups where tenant_id = @P1 and id = @P2 except select tenant_id, id, direct from @above; while @@rowcount > 0 insert into @above (tenant_id, id, direct) select a.tenant_id, g.parent_id, 0 from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id, direct from @above; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select a.tenant_id, gr.role_id from @above a cross join group_roles gr where gr.tenant_id = a.tenant_id and gr.group_id = a.id except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select distinct p.permission from @held h cross join role_permissions p where p.tenant_id = h.tenant_id and p.role_id = h.id order by p.permission
go
set nocount on; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @above (tenant_id, id) select tenant_id, id from tenant_groups where tenant_id = @P8 and id = @P9 except select tenant_id, id from @above; while @@rowcount > 0 insert into @above (tenant_id, id) select a.tenant_id, g.parent_id from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id from @above; set nocount off; update tenant_groups set name = @P1, description = @P2, parent_id = @P3, version = version + 1, updated_at = @P4 where tenant_id = @P5 and id = @P6 and version = @P7 and not exists (select 1 from @above a where a.id = @P10)
go
set nocount on; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select tenant_id, id from roles where tenant_id = @P1 and id = @P2 except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select distinct p.permission from @held h cross join role_permissions p where p.tenant_id = h.tenant_id and p.role_id = h.id order by p.permission
go
set nocount on; declare @holder table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @holder (tenant_id, id) select tenant_id, id from users where tenant_id = @P1 and id = @P2 except select tenant_id, id from @holder; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, direct bigint not null, primary key (tenant_id, id, direct)); insert into @above (tenant_id, id, direct) select o.tenant_id, m.group_id, 1 from @holder o cross join group_members m where m.tenant_id = o.tenant_id and m.user_id = o.id except select tenant_id, id, direct from @above; while @@rowcount > 0 insert into @above (tenant_id, id, direct) select a.tenant_id, g.parent_id, 0 from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id, direct from @above; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select o.tenant_id, ur.role_id from @holder o cross join user_roles ur where ur.tenant_id = o.tenant_id and ur.user_id = o.id union select a.tenant_id, gr.role_id from @above a cross join group_roles gr where gr.tenant_id = a.tenant_id and gr.group_id = a.id except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select distinct p.permission from @held h cross join role_permissions p where p.tenant_id = h.tenant_id and p.role_id = h.id order by p.permission
go
set nocount on; declare @holder table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @holder (tenant_id, id) select tenant_id, id from users where tenant_id = @P1 and id = @P2 except select tenant_id, id from @holder; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, direct bigint not null, primary key (tenant_id, id, direct)); insert into @above (tenant_id, id, direct) select o.tenant_id, m.group_id, 1 from @holder o cross join group_members m where m.tenant_id = o.tenant_id and m.user_id = o.id except select tenant_id, id, direct from @above; while @@rowcount > 0 insert into @above (tenant_id, id, direct) select a.tenant_id, g.parent_id, 0 from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id, direct from @above; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select o.tenant_id, ur.role_id from @holder o cross join user_roles ur where ur.tenant_id = o.tenant_id and ur.user_id = o.id union select a.tenant_id, gr.role_id from @above a cross join group_roles gr where gr.tenant_id = a.tenant_id and gr.group_id = a.id except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select distinct ra.assignable_id from @held h cross join role_assignable ra where ra.tenant_id = h.tenant_id and ra.role_id = h.id order by ra.assignable_id
go
set nocount on; declare @holder table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @holder (tenant_id, id) select u.tenant_id, u.id from tenants t cross join users u where t.name = @P1 and u.tenant_id = t.id and u.id = @P2 except select tenant_id, id from @holder; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, direct bigint not null, primary key (tenant_id, id, direct)); insert into @above (tenant_id, id, direct) select o.tenant_id, m.group_id, 1 from @holder o cross join group_members m where m.tenant_id = o.tenant_id and m.user_id = o.id except select tenant_id, id, direct from @above; while @@rowcount > 0 insert into @above (tenant_id, id, direct) select a.tenant_id, g.parent_id, 0 from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id, direct from @above; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select o.tenant_id, ur.role_id from @holder o cross join user_roles ur where ur.tenant_id = o.tenant_id and ur.user_id = o.id union select a.tenant_id, gr.role_id from @above a cross join group_roles gr where gr.tenant_id = a.tenant_id and gr.group_id = a.id except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at, c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at, y.id, y.number, y.source, u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at, w.id, w.user_id, w.hash, w.updated_at, o.id, o.user_id, o.secret, o.last_step, o.updated_at, (select coalesce(N'[' + string_agg(concat(N'[', coalesce(N'"' + string_escape(cast(g.id as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(N'"' + string_escape(cast(g.parent_id as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(N'"' + string_escape(cast(g.name as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(cast(a.direct as nvarchar(20)), N'null'), N']'), N',') + N']', N'[]') from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(r.name as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from @held h cross join roles r where r.tenant_id = h.tenant_id and r.id = h.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from @held h cross join role_permissions p where p.tenant_id = h.tenant_id and p.role_id = h.id) from tenants t left join clients c on c.tenant_id = t.id and c.id = @P3 left join policy_activations pa on pa.tenant_id = t.id left join policies y on y.tenant_id = pa.tenant_id and y.id = pa.active_id left join users u on u.tenant_id = t.id and u.id = @P4 left join credentials w on w.tenant_id = u.tenant_id and w.user_id = u.id and w.kind = 'password' left join credentials o on o.tenant_id = u.tenant_id and o.user_id = u.id and o.kind = 'totp' where t.name = @P5
go
set nocount on; declare @holder table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @holder (tenant_id, id) select u.tenant_id, u.id from tenants t cross join users u where t.name = @P1 and u.tenant_id = t.id and u.username_key = @P2 except select tenant_id, id from @holder; declare @above table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, direct bigint not null, primary key (tenant_id, id, direct)); insert into @above (tenant_id, id, direct) select o.tenant_id, m.group_id, 1 from @holder o cross join group_members m where m.tenant_id = o.tenant_id and m.user_id = o.id except select tenant_id, id, direct from @above; while @@rowcount > 0 insert into @above (tenant_id, id, direct) select a.tenant_id, g.parent_id, 0 from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id and g.parent_id is not null except select tenant_id, id, direct from @above; declare @held table (tenant_id nvarchar(72) collate Latin1_General_100_BIN2 not null, id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (tenant_id, id)); insert into @held (tenant_id, id) select o.tenant_id, ur.role_id from @holder o cross join user_roles ur where ur.tenant_id = o.tenant_id and ur.user_id = o.id union select a.tenant_id, gr.role_id from @above a cross join group_roles gr where gr.tenant_id = a.tenant_id and gr.group_id = a.id except select tenant_id, id from @held; while @@rowcount > 0 insert into @held (tenant_id, id) select h.tenant_id, i.included_id from @held h cross join role_includes i where i.tenant_id = h.tenant_id and i.role_id = h.id except select tenant_id, id from @held; set nocount off; select t.id, t.name, t.display_name, t.status, t.settings, t.version, t.created_at, t.updated_at, c.id, c.tenant_id, c.first_party, c.redirect_uris, c.scope, c.details, c.version, c.created_at, c.updated_at, y.id, y.number, y.source, u.id, u.username, u.status, u.details, u.version, u.created_at, u.updated_at, w.id, w.user_id, w.hash, w.updated_at, o.id, o.user_id, o.secret, o.last_step, o.updated_at, (select coalesce(N'[' + string_agg(concat(N'[', coalesce(N'"' + string_escape(cast(g.id as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(N'"' + string_escape(cast(g.parent_id as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(N'"' + string_escape(cast(g.name as nvarchar(max)), 'json') + N'"', N'null'), N',', coalesce(cast(a.direct as nvarchar(20)), N'null'), N']'), N',') + N']', N'[]') from @above a cross join tenant_groups g where g.tenant_id = a.tenant_id and g.id = a.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(r.name as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from @held h cross join roles r where r.tenant_id = h.tenant_id and r.id = h.id), (select coalesce(N'[' + string_agg(N'"' + string_escape(cast(p.permission as nvarchar(max)), 'json') + N'"', N',') + N']', N'[]') from @held h cross join role_permissions p where p.tenant_id = h.tenant_id and p.role_id = h.id) from tenants t left join clients c on c.tenant_id = t.id and c.id = @P3 left join policy_activations pa on pa.tenant_id = t.id left join policies y on y.tenant_id = pa.tenant_id and y.id = pa.active_id left join users u on u.tenant_id = t.id and u.username_key = @P4 left join credentials w on w.tenant_id = u.tenant_id and w.user_id = u.id and w.kind = 'password' left join credentials o on o.tenant_id = u.tenant_id and o.user_id = u.id and o.kind = 'totp' where t.name = @P5
go
set nocount on; declare @included table (id nvarchar(72) collate Latin1_General_100_BIN2 not null, primary key (id)); insert into @included (id) select v.value from (select value collate Latin1_General_100_BIN2 as value from openjson(@P7)) v except select id from @included; while @@rowcount > 0 insert into @included (id) select i.included_id from @included h cross join role_includes i where i.tenant_id = @P8 and i.role_id = h.id except select id from @included; set nocount off; update roles set name = @P1, description = @P2, version = version + 1, updated_at = @P3 where tenant_id = @P4 and id = @P5 and version = @P6 and not exists (select 1 from @included h where h.id = @P9)
go
update api_keys set name = @P1, permissions = @P2, expires_at = @P3, revoked_at = @P4, version = version + 1, updated_at = @P5 where id = @P6 and tenant_id = @P7 and version = @P8
go
update audit_events set origin = null where tenant_id = @P1 and actor_id = @P2 and actor_kind = 'user'
go
update audit_events set origin = null where tenant_id = @P1 and target_id = @P2 and target_kind = 'user' and actor_kind = 'anonymous'
go
update audit_events set sequence = @P1, origin_digest = @P2, hash = @P3 where tenant_id = @P4 and id = @P5 and sequence is null
go
update audit_heads set sequence = @P1, origin_digest = @P2, hash = @P3 where tenant_id = @P4 and sequence = @P5 and origin_digest = @P6 and hash = @P7
go
update clients set details = N'{"login_uri":' + N'"' + string_escape(cast(login_uri as nvarchar(max)), 'json') + N'"' + N'}' where login_uri is not null
go
update clients set first_party = @P1, redirect_uris = @P2, scope = @P3, details = @P4, version = version + 1, updated_at = @P5 where id = @P6 and tenant_id = @P7 and version = @P8
go
update clients set redirect_uris = N'[' + N'"' + string_escape(cast(redirect_uri as nvarchar(max)), 'json') + N'"' + N']', updated_at = created_at
go
update credentials set hash = @P1 where tenant_id = @P2 and id = @P3 and kind = 'password' and hash = @P4
go
update credentials set last_step = @P1 where tenant_id = @P2 and id = @P3 and user_id = @P4 and kind = 'totp' and last_step < @P5
go
update credentials set secret = @P1 where tenant_id = @P2 and id = @P3 and user_id = @P4 and kind = 'totp' and secret = @P5
go
update messages set due_at = @P1 where id = @P2 and due_at = @P3
go
update messages set due_at = @P1, attempts = attempts + 1 where id in (select v.id from (select id from messages where due_at <= @P2 and expires_at > @P3 order by due_at, id offset 0 rows fetch next @P4 rows only) v)
go
update permissions set description = @P1, version = version + 1, updated_at = @P2 where tenant_id = @P3 and permission = @P4 and version = @P5
go
update policy_activations set previous_id = active_id, active_id = @P1, version = version + 1 where tenant_id = @P2 and version = @P3
go
update roles set updated_at = created_at
go
update tenant_groups set parent_id = @P1 where tenant_id = @P2 and id = @P3 and parent_id is null
go
update tenant_groups set parent_id = null where tenant_id = @P1
go
update tenants set display_name = @P1, status = @P2, settings = @P3, version = version + 1, updated_at = @P4 where id = @P5 and version = @P6
go
update users set username = @P1, username_key = @P2, status = @P3, details = @P4, version = version + 1, updated_at = @P5 where tenant_id = @P6 and id = @P7 and version = @P8
go
