-- Takes messages that claim_candidates has locked in the same transaction, and reads them.
-- Legacy writers own every column: a number of attempts must not overflow, and a text that no message may have is not
-- brought here, only how it begins. A legacy client that writes a row anew keeps its createtime, so in those rows
-- modifytime is left as it wrote it, and the later of both is when the request was made.
-- Parameters: @owner, @lease (ms), @uniqueids: list, @most (octets of a message), @longest (octets of one
--             whose digest is made). Result: the rows taken, with their new attempt number, and behind those that were
--             cut the digest of the whole, empty where it is longer.
-- Locking: the rows are locked already.
update message
set status = 2, leaseowner = @owner, leaseuntil = cast(unix_timestamp(now(3)) * 1000 as signed) + @lease,
    attempts = least(greatest(coalesce(attempts, 0), 0), 1000000000) + 1, notbefore = null,
    modifytime = case when requestdigest is null then modifytime else cast(unix_timestamp(now(3)) * 1000 as signed) end
where uniqueId in (@uniqueids);
select uniqueId, coalesce(messageid, ''), type,
       case when octet_length(message) > @most then left(message, 100) else coalesce(message, '') end,
       requestdigest, attempts, case when requestdigest is null then greatest(createtime, modifytime) else createtime end,
       case when octet_length(message) > @longest then '' when octet_length(message) > @most then sha2(message, 256) end
from message
where uniqueId in (@uniqueids)
