-- Removes requests that nobody answered within a given age: waiting ones, and those in process whose lease has run out.
-- What a legacy worker has taken, which knows no leases, is its own until take_over_messages. What lies in a legacy row and
-- was taken by nobody yet counts from when it was written: such a client writes its next request into an old row.
-- Parameters: @age (ms), @limit. Result: the removed rows, without their message. Locking: the removed rows.
delete from message
where status in (1, 2) and createtime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age
  and (status = 1 or leaseuntil < cast(unix_timestamp(now(3)) * 1000 as signed))
  and (requestdigest is not null and left(requestdigest, 5) <> 'life-' or coalesce(attempts, 0) > 0 or notbefore is not null
       or modifytime < cast(unix_timestamp(now(3)) * 1000 as signed) - @age)
order by createtime limit @limit
returning uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime, cast(null as char), requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil, cast(null as signed)
