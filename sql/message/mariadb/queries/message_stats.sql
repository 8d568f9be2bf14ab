-- How full the mailbox is.
-- Parameters: none. Result: one row: waiting (set-aside ones included), set aside, in process, processed, age (ms) of
--             the oldest that waits for a worker or null. Locking: none.
select (select count(*) from message where status = 1),
       (select count(*) from message where status = 1 and notbefore > cast(unix_timestamp(now(3)) * 1000 as signed)),
       (select count(*) from message where status = 2),
       (select count(*) from message where status = 3),
       (select greatest(cast(unix_timestamp(now(3)) * 1000 as signed) - greatest(min(createtime), 0), 0) from message where status = 1 and notbefore is null)
