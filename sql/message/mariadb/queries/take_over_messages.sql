-- Puts back what a legacy worker had taken and will never answer: in process without a lease, which only legacy workers
-- leave. A mark in requestdigest says that it may have been executed. Only after the legacy worker was stopped.
-- Parameters: @mark. Result: affected rows. Locking: the rows. Rings no bell: the next poll finds them.
update message
set status = 1, requestdigest = @mark, attempts = 0, notbefore = null
where status = 2 and leaseowner is null and leaseuntil is null
