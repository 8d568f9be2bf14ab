-- Takes messages that claim_candidates has locked in the same transaction, and reads them.
-- Parameters: @owner, @lease (ms), @uniqueids: list. Result: the rows taken, with their new attempt number.
-- Locking: the rows are locked already.
update message
set status = 2, leaseowner = @owner, leaseuntil = cast(unix_timestamp(now(3)) * 1000 as signed) + @lease,
    attempts = coalesce(attempts, 0) + 1, notbefore = null, modifytime = cast(unix_timestamp(now(3)) * 1000 as signed)
where uniqueId in (@uniqueids);
select uniqueId, coalesce(messageid, ''), type, coalesce(message, ''), requestdigest, attempts, createtime
from message
where uniqueId in (@uniqueids)
