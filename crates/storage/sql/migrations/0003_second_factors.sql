-- Second factors: a key for codes by the time, and recovery codes.
--
-- Both are credentials, of which a user has one of each kind. Their `hash` is empty, and that
-- of a password is not. `secret` is encrypted, and begins with the id of the key it was encrypted with.

alter table credentials add column secret varchar(256);

alter table credentials add column last_step bigint;

-- A row for each code that was not used.
create table recovery_codes (
    tenant_id varchar(36) not null,
    user_id varchar(36) not null,
    digest varchar(64) not null,
    primary key (tenant_id, user_id, digest),
    foreign key (tenant_id, user_id) references users (tenant_id, id)
);
