-- Messages that wait to be sent, and the one-time codes that some of them bring.

create table messages (
    id varchar(36) not null primary key,
    tenant_id varchar(36) not null,
    user_id varchar(36) not null,
    kind varchar(32) not null,
    channel varchar(16) not null,
    content text not null,
    attempts bigint not null,
    due_at bigint not null,
    expires_at bigint not null,
    created_at bigint not null,
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index messages_by_due on messages (due_at, id);

create index messages_by_expiry on messages (expires_at);

create index messages_by_user on messages (tenant_id, user_id);

create table one_time_codes (
    tenant_id varchar(36) not null,
    digest varchar(64) not null,
    purpose varchar(32) not null,
    user_id varchar(36) not null,
    address text,
    expires_at bigint not null,
    created_at bigint not null,
    primary key (tenant_id, digest),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index one_time_codes_by_user on one_time_codes (tenant_id, user_id, purpose, created_at);

create index one_time_codes_by_expiry on one_time_codes (tenant_id, expires_at);
