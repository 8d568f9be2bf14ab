-- Of these messages, those with something to tell: answered, or set aside for longer than somebody waits for.
-- Parameters: @uniqueids: array, @patience (ms). Result: whole rows. Locking: none.
select uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, message, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil
from message
where uniqueid = any (@uniqueids)
  and (status = 3 or status = 1 and notbefore > (extract(epoch from clock_timestamp()) * 1000)::bigint + @patience)
