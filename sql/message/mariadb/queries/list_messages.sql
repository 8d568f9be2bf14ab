-- The newest rows for a person to look at.
-- Parameters: @status, @type (0: any), @messageid ('': any), @limit. Result: rows without their message. Locking: none.
select uniqueId, coalesce(messageid, ''), type, status, createtime, modifytime, cast(null as char), requestdigest,
       coalesce(attempts, 0), notbefore, leaseowner, leaseuntil, cast(null as signed)
from message
where (@status = 0 or status = @status) and (@type = 0 or type = @type) and (@messageid = '' or messageid = @messageid)
order by createtime desc, uniqueId
limit @limit
