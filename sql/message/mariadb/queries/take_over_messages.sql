-- Puts back what a legacy worker had taken and will never answer: in process without a lease, which only legacy workers
-- leave. A mark in requestdigest says that it may have been executed; it is as old
-- as its client's writing, who leaves createtime alone. Only after the legacy worker was stopped.
-- Parameters: @mark. Result: affected rows. Locking: the rows. Rings no bell: the next poll finds them.
update message
set status = 1, requestdigest = @mark, createtime = greatest(createtime, modifytime), attempts = 0, notbefore = null
where status = 2 and leaseowner is null and leaseuntil is null
