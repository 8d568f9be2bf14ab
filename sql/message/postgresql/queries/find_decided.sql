-- Of these messages, those with something to tell: answered, or set aside for longer than somebody waits for.
-- Parameters: @uniqueids: array, @patience (ms), @longest (octets). Result: whole rows, but for a text
--             that is longer than any message; last the octets of a text that was not read. Locking: none.
select uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime,
       case when octet_length(message) <= @longest then message end, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil,
       case when octet_length(message) > @longest then octet_length(message)::bigint end
from message
where uniqueid = any (@uniqueids)
  and (status = 3 or status = 1 and notbefore > (extract(epoch from clock_timestamp()) * 1000)::bigint + @patience)
