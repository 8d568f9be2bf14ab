-- PostgreSQL: one role for each kind of process, with the least it needs in the message database. The roles cannot log
-- in; grant them to the accounts that do:
--     create role scep1 login password '...';  grant pki_ra to scep1;
-- Run after schema.sql, by the owner of its tables. May be run again and again.
do $$
begin
    if not exists (select from pg_roles where rolname = 'pki_ra') then
        create role pki_ra nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'pki_worker') then
        create role pki_worker nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'pki_viewer') then
        create role pki_viewer nologin;
    end if;
end
$$;

revoke all on message, publication, scep_challenge from public;
revoke all on message, publication, scep_challenge from pki_ra, pki_worker, pki_viewer;

-- A front end stores requests and reads answers and publications. It never changes or removes a message, so whoever
-- breaks into one cannot touch another front end's transactions; and it never says how often, since when or by whom a
-- message is being worked on, so he cannot make up a row that is answered, leased or first in the queue. It may use up
-- challenges, not make them. (schema.sql must have been run since status and times have defaults there.)
grant select on message to pki_ra;
grant insert (uniqueid, message, messageid, type, requestdigest) on message to pki_ra;
grant select on publication to pki_ra;
grant select on scep_challenge to pki_ra;
grant update (consumedby, consumedat) on scep_challenge to pki_ra;

-- A worker claims, answers and clears away. It never makes up a request.
grant select, delete on message to pki_worker;
grant update (message, status, createtime, modifytime, requestdigest, leaseowner, leaseuntil, attempts, notbefore) on message to pki_worker;
grant select, insert, delete on publication to pki_worker;
grant select, insert, delete on scep_challenge to pki_worker;

-- The admin web counts and lists. What is sealed in a message is no column of its.
grant select (uniqueid, messageid, type, status, createtime, modifytime, requestdigest, attempts, notbefore, leaseowner, leaseuntil)
    on message to pki_viewer;
