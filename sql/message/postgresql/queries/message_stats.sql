-- How full the mailbox is.
-- Parameters: none. Result: one row: waiting (set-aside ones included), set aside, in process, processed, age (ms) of
--             the oldest that waits for a worker or null. Locking: none.
with clock as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as now
)
select (select count(*) from message where status = 1),
       (select count(*) from message where status = 1 and notbefore > (select now from clock)),
       (select count(*) from message where status = 2),
       (select count(*) from message where status = 3),
       (select greatest((select now from clock) - greatest(oldest, 0), 0)
        from (select min(createtime) as oldest from message where status = 1 and notbefore is null) as waiting
        where oldest is not null)
