-- Sessions that their users have ended, for which Hydra gets no more tokens.

create table ended_sessions (
    tenant_id varchar(36) not null,
    id varchar(64) not null,
    user_id varchar(36) not null,
    ended_at bigint not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);

create index ended_sessions_by_user on ended_sessions (tenant_id, user_id, id);
