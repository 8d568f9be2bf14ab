-- Of these messages, those with something to tell: answered, or set aside for longer than somebody waits for.
-- Parameters: @uniqueids: list, @patience (ms). Result: whole rows. Locking: none.
select uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime, message, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
from message
where uniqueId in (@uniqueids)
  and (status = 3 or status = 1 and notbefore > cast(unix_timestamp(now(3)) * 1000 as signed) + @patience)
