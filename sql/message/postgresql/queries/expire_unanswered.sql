-- Removes requests that nobody answered within a given age: waiting ones, and those in process without a valid lease
-- (left behind by a legacy worker that died). Whoever writes a legacy row (which has no digest, or a mark
-- with a hyphen) anew keeps its createtime: there both times must be long ago. And the large objects that legacy programs keep them in.
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: skips rows that are locked.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
), chosen as materialized (
    select uniqueid,
           case when octet_length(message) <= 10 and message ~ '^[0-9]+$' then case when message::bigint <= 4294967295 then message::oid end end as number
    from message
    where status in (1, 2) and createtime < (select now from clock) - @age
      and (modifytime < (select now from clock) - @age or requestdigest not like '%-%')
      and (status = 1 or coalesce(leaseuntil, 0) < (select now from clock))
    order by createtime
    limit @limit for update skip locked
), unlinked as materialized (
    select lo_unlink(object.oid) from chosen, pg_largeobject_metadata as object
    where object.oid = chosen.number and pg_has_role(object.lomowner, 'usage')
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
returning uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, null::text, requestdigest,
          coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
