-- Finds and locks what one worker may take, of one type: messages whose worker's lease has run out, those whose time
-- to be looked at again has come, and new ones from both ends of the queue. Sent for each type, then claim_messages.
-- Parameters: @type, @limit. Result: four sets of (uniqueId, createtime, kind), kind 0 to 3 in this order.
-- Locking: skip locked, so workers never wait for each other. More rows than needed are locked until the commit that
-- follows at once; the index is forced because a locking scan over another one would lock what it passes.
select uniqueId, createtime, 0 as kind from message force index (message_todo)
where status = 2 and type = @type and leaseuntil < cast(unix_timestamp(now(3)) * 1000 as signed)
order by leaseuntil limit @limit for update skip locked;
select uniqueId, createtime, 1 as kind from message force index (message_todo)
where status = 1 and type = @type and notbefore <= cast(unix_timestamp(now(3)) * 1000 as signed)
order by notbefore limit @limit for update skip locked;
select uniqueId, createtime, 2 as kind from message force index (message_todo)
where status = 1 and type = @type and notbefore is null
order by createtime limit @limit for update skip locked;
select uniqueId, createtime, 3 as kind from message force index (message_todo)
where status = 1 and type = @type and notbefore is null
order by createtime desc limit @limit for update skip locked
