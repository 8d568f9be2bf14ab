-- One whole row, but for a text that is longer than any message.
-- Parameters: @uniqueid, @longest (octets). Result: at most one row; last the octets of a text that was not read. Locking: none.
select uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime,
       case when length(message) <= @longest then message end, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil,
       case when length(message) > @longest then length(message) end
from message
where uniqueId = @uniqueid
