-- Removes requests that nobody answered within a given age: waiting ones, and those in process without a valid lease
-- (left behind by a legacy worker that died). Whoever writes a legacy row (which has no digest, or a mark
-- with a hyphen) anew keeps its createtime: there both times must be long ago.
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: the removed rows.
delete from message
where status in (1, 2) and createtime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age
  and (modifytime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age or requestdigest not like '%-%')
  and (status = 1 or coalesce(leaseuntil, 0) < cast(unix_timestamp(now(3)) * 1000 as signed))
order by createtime limit @limit
returning uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime, cast(null as char), requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
