-- The mailbox between front ends and CA. May be run again and again: it creates what is missing, and adds to a table
-- that legacy programs made (Hibernate's seven columns) the nullable columns and indexes that we need beside them.
-- No CHECK constraints: legacy programs share the table and must never be refused by us.
-- Times are milliseconds since 1970 UTC by this database's clock.
-- Locking: one session at a time; the transaction is the caller's.
select pg_advisory_xact_lock(5063420417);

create table if not exists message (
    uniqueid varchar(250) not null,
    createtime bigint not null,
    message text,
    messageid varchar(255),
    modifytime bigint not null,
    status integer not null,                -- 1 waiting, 2 in process, 3 processed
    type integer not null,                  -- 1 External RA API, 2 SCEP, 3 CMP
    primary key (uniqueid)
);

alter table message
    add column if not exists requestdigest char(64),     -- SHA-256 of the request's meaning
    add column if not exists leaseowner varchar(250),    -- the worker that has it, while status = 2
    add column if not exists leaseuntil bigint,          -- after this time anybody may take it again
    add column if not exists attempts integer,           -- claims so far; also the fencing number of the newest claim
    add column if not exists notbefore bigint;           -- waiting, but not to be looked at before this time

-- A front end's role says neither when it stores a request nor in which state; legacy programs do, and overrule this.
alter table message
    alter column status set default 1,
    alter column createtime set default (extract(epoch from clock_timestamp()) * 1000)::bigint,
    alter column modifytime set default (extract(epoch from clock_timestamp()) * 1000)::bigint;

-- Encrypted text does not get smaller: do not try.
alter table message alter column message set storage external;

create index if not exists message_idx1 on message (status, createtime);
create index if not exists message_idx2 on message (messageid);

-- The three kinds of claimable rows, each found without looking at any other row however many there are.
create index if not exists message_fresh on message (type, createtime) where status = 1 and notbefore is null;
create index if not exists message_parked on message (notbefore) where status = 1 and notbefore is not null;
create index if not exists message_leased on message (leaseuntil) where status = 2;

-- The rows whose text lies in a large object: whether another one names the same object is asked before it is removed.
create index if not exists message_objects on message (message) where octet_length(message) <= 10;

-- What the worker makes known to the front ends: signed, versioned. Front ends verify before use.
create table if not exists publication (
    name varchar(250) not null,
    version bigint not null,
    created bigint not null,
    notbefore bigint not null,
    notafter bigint not null,
    content text not null,
    primary key (name, version)
);

-- One-time SCEP challenge passwords. Only a MAC of each is kept here, made with a key that this database never sees.
create table if not exists scep_challenge (
    alias varchar(64) not null,
    mac char(64) not null,
    subject text,                           -- the only subject it may be used for; null for any
    expires bigint not null,
    consumedby varchar(250),                -- the message it was used for
    consumedat bigint,
    primary key (alias, mac)
);
