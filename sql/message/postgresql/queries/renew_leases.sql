-- Lengthens the leases of messages that this worker still has.
-- Parameters: @owner, @uniqueids: array, @lease (ms). Result: affected rows = leases renewed.
-- Locking: the rows; a lease that has run out but was taken by nobody is renewed too.
update message
set leaseuntil = (extract(epoch from clock_timestamp()) * 1000)::bigint + @lease
where uniqueid = any (@uniqueids) and status = 2 and leaseowner = @owner
