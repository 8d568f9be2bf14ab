-- Takes messages that claim_candidates has locked in the same transaction, and reads them.
-- Of a text that is longer than any message only the beginning is read, so that no row exhausts the worker. Attempts
-- that a writer made up are no number of ours: they are brought into its range, or one row would stop every claim.
-- What a legacy client wrote into a row that was answered before keeps the row's createtime; when it is taken for the
-- first time, it gets the time at which it was written. (The columns are set one after the other: createtime looks at
-- attempts and modifytime and comes before them.)
-- Parameters: @owner, @lease (ms), @uniqueids: list, @longest (octets).
-- Result: the rows taken, with their new attempt number; last the octets of a text that was not read whole, else null.
-- Locking: the rows are locked already.
update message
set createtime = case when coalesce(attempts, 0) = 0 and notbefore is null and (requestdigest is null or left(requestdigest, 5) = 'life-')
                      then greatest(createtime, least(modifytime, cast(unix_timestamp(now(3)) * 1000 as signed))) else createtime end,
    status = 2, leaseowner = @owner, leaseuntil = cast(unix_timestamp(now(3)) * 1000 as signed) + @lease,
    attempts = least(greatest(coalesce(attempts, 0), 0), 2147483646) + 1,
    notbefore = null, modifytime = cast(unix_timestamp(now(3)) * 1000 as signed)
where uniqueId in (@uniqueids);
select uniqueId, coalesce(messageid, ''), type,
       case when length(message) > @longest then left(message, 64) else coalesce(message, '') end,
       requestdigest, attempts, createtime, case when length(message) > @longest then length(message) end
from message
where uniqueId in (@uniqueids)
