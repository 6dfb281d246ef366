-- Tenants, their users with credentials and roles, and OAuth 2.0 clients.
--
-- What belongs to a tenant has the tenant in its keys and foreign keys, so that no row can join
-- two tenants, and in front of every index, so that a tenant's rows lie together.

create table tenants (
    id varchar(36) not null primary key,
    name varchar(63) not null unique,
    display_name text not null,
    status varchar(16) not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null
);

-- Hydra knows a client by its id alone, so the id is unique in the installation.
create table clients (
    id varchar(64) not null primary key,
    tenant_id varchar(36) not null references tenants (id),
    first_party smallint not null,
    redirect_uri text not null,
    scope text not null,
    login_uri text,
    created_at bigint not null
);

create table users (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    username varchar(128) not null,
    username_key varchar(512) not null,
    status varchar(16) not null,
    version bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, username_key)
);

create table credentials (
    tenant_id varchar(36) not null,
    id varchar(36) not null,
    user_id varchar(36) not null,
    kind varchar(16) not null,
    hash text not null,
    updated_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, user_id, kind),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create table roles (
    tenant_id varchar(36) not null references tenants (id),
    id varchar(36) not null,
    name varchar(64) not null,
    created_at bigint not null,
    primary key (tenant_id, id),
    unique (tenant_id, name)
);

create table role_permissions (
    tenant_id varchar(36) not null,
    role_id varchar(36) not null,
    permission varchar(128) not null,
    primary key (tenant_id, role_id, permission),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
);

create table user_roles (
    tenant_id varchar(36) not null,
    user_id varchar(36) not null,
    role_id varchar(36) not null,
    primary key (tenant_id, user_id, role_id),
    foreign key (tenant_id, user_id) references users (tenant_id, id),
    foreign key (tenant_id, role_id) references roles (tenant_id, id)
);
