-- One whole row.
-- Parameters: @uniqueid. Result: at most one row. Locking: none.
select uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime, message, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
from message
where uniqueId = @uniqueid
