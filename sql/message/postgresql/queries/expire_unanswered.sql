-- Removes requests that nobody answered within a given age: waiting ones, and those in process without a valid lease
-- (left behind by a legacy worker that died).
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: skips rows that are locked.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
)
delete from message
where uniqueid in (
    select uniqueid from message
    where status in (1, 2) and createtime < (select now from clock) - @age
      and (status = 1 or coalesce(leaseuntil, 0) < (select now from clock))
    order by createtime
    limit @limit for update skip locked)
returning uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, null::text, requestdigest,
          coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
