-- Stores one answer in a row that a legacy client may write again at any time: only where the claim (owner and attempt
-- number) is still the newest and the row still holds the request that was processed. Attempts begin anew with what is
-- written into the row next, and the digest tells it from what was answered. Legacy tables compare texts without
-- regard to case, and may be in any character set: the request is compared by its bytes in ours. Of a text longer than any message the claim has read, and here
-- is compared, the beginning.
-- Parameters: @uniqueid, @owner, @epoch, @request (the column as it was claimed), @answer, @life (the new
--             requestdigest; null: keep it), @longest (octets). Result: affected rows: 1 or 0.
-- Locking: the row.
update message
set status = 3, message = @answer, modifytime = cast(unix_timestamp(now(3)) * 1000 as signed),
    requestdigest = coalesce(@life, requestdigest), attempts = 0,
    leaseowner = null, leaseuntil = null, notbefore = null
where uniqueId = @uniqueid and status = 2 and leaseowner = @owner and attempts = @epoch
  and cast(convert(case when length(message) > @longest then left(message, 64) else message end using utf8mb4) as binary) = cast(@request as binary)
