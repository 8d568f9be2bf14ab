-- Removes requests that nobody answered within a given age, and the large objects that legacy programs keep them in:
-- waiting ones, and those in process whose lease has run out. What a legacy worker has taken, which knows no leases, is its
-- own until take_over_messages. What lies in a legacy row and was taken by nobody yet counts from when it was written: such
-- a client writes its next request into an old row.
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: skips rows that are locked.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
), chosen as materialized (
    select uniqueid, case when octet_length(message) <= 10 then message end as object
    from message
    where status in (1, 2) and createtime < (select now from clock) - @age
      and (status = 1 or leaseuntil < (select now from clock))
      and (requestdigest is not null and left(requestdigest::text, 5) <> 'life-' or coalesce(attempts, 0) > 0 or notbefore is not null
           or modifytime < (select now from clock) - @age)
    order by createtime
    limit @limit for update skip locked
-- include unlinked
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
returning uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, null::text, requestdigest,
          coalesce(attempts, 0), notbefore, leaseowner, leaseuntil, null::bigint
