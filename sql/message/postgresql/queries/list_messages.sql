-- The newest rows for a person to look at.
-- Parameters: @status, @type (0: any), @messageid ('': any), @limit. Result: rows without their message. Locking: none.
select uniqueid, coalesce(messageid, ''), type, status, createtime, modifytime, null::text, requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil, null::bigint
from message
where (@status = 0 or status = @status) and (@type = 0 or type = @type) and (@messageid = '' or messageid = @messageid)
order by createtime desc, uniqueid
limit @limit
