-- Lengthens the leases of messages that this worker still has.
-- Parameters: @owner, @uniqueids: list, @lease (ms). Result: affected rows = leases renewed.
-- Locking: the rows; a lease that has run out but was taken by nobody is renewed too.
update message
set leaseuntil = cast(unix_timestamp(now(3)) * 1000 as signed) + @lease
where uniqueId in (@uniqueids) and status = 2 and leaseowner = @owner
