-- One whole row, but for a text that is longer than any message.
-- Parameters: @uniqueid, @longest (octets). Result: at most one row; last the octets of a text that was not read. Locking: none.
select uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime,
       case when octet_length(message) <= @longest then message end, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil,
       case when octet_length(message) > @longest then octet_length(message)::bigint end
from message
where uniqueid = @uniqueid
