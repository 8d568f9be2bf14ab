-- Gives a claimed message back, not to be looked at for a while.
-- Parameters: @uniqueid, @owner, @epoch, @delay (ms), @counted (1: this look counts as an attempt, 0: it does not).
-- Result: affected rows: 1 if the claim was still ours. Locking: the row.
update message
set status = 1, notbefore = cast(unix_timestamp(now(3)) * 1000 as signed) + @delay, attempts = attempts - 1 + @counted,
    leaseowner = null, leaseuntil = null, modifytime = cast(unix_timestamp(now(3)) * 1000 as signed)
where uniqueId = @uniqueid and status = 2 and leaseowner = @owner and attempts = @epoch
