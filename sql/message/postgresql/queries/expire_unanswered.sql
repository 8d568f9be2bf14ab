-- Removes requests that nobody answered within a given age: waiting ones, and those in process without a valid lease
-- (left behind by a legacy worker that died); and the large objects that legacy programs keep them in. What lies in a
-- legacy row and was taken by nobody yet counts from when it was written: such a client writes its next request into an
-- old row.
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: skips rows that are locked.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
), chosen as materialized (
    select uniqueid,
           case when octet_length(message) <= 10 and message ~ '^[0-9]+$' then case when message::bigint <= 4294967295 then message::oid end end as number
    from message
    where status in (1, 2) and createtime < (select now from clock) - @age
      and (status = 1 or coalesce(leaseuntil, 0) < (select now from clock))
      and (requestdigest is not null and left(requestdigest::text, 5) <> 'life-' or coalesce(attempts, 0) > 0 or notbefore is not null
           or modifytime < (select now from clock) - @age)
    order by createtime
    limit @limit for update skip locked
), unlinked as materialized (
    select lo_unlink(object.oid) from chosen, pg_largeobject_metadata as object
    where object.oid = chosen.number and pg_has_role(object.lomowner, 'usage')
      and not exists (select from message as other where octet_length(other.message) <= 10
                      and other.message = object.oid::text and other.uniqueid <> chosen.uniqueid)
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
returning uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, null::text, requestdigest,
          coalesce(attempts, 0), notbefore, leaseowner, leaseuntil, null::bigint
