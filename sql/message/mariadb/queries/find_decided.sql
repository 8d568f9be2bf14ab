-- Of these messages, those with something to tell: answered, or set aside for longer than somebody waits for.
-- Parameters: @uniqueids: list, @patience (ms), @longest (octets). Result: whole rows, but for a text
--             that is longer than any message; last the octets of a text that was not read. Locking: none.
select uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime,
       case when length(message) <= @longest then message end, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil,
       case when length(message) > @longest then length(message) end
from message
where uniqueId in (@uniqueids)
  and (status = 3 or status = 1 and notbefore > cast(unix_timestamp(now(3)) * 1000 as signed) + @patience)
