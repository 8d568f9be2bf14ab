-- Stores one answer where the claim (owner and attempt number) is still the newest, and where a request is given only
-- if the row still holds it: a legacy client may have replaced it. Many are sent together in one transaction.
-- Parameters: @uniqueid, @owner, @epoch, @request (null: not compared), @answer. Result: affected rows: 1 or 0.
-- Locking: the row.
update message
set status = 3, message = @answer, modifytime = cast(unix_timestamp(now(3)) * 1000 as signed),
    leaseowner = null, leaseuntil = null, notbefore = null
where uniqueId = @uniqueid and status = 2 and leaseowner = @owner and attempts = @epoch
  and (@request is null or message = @request)
