-- Makes set-aside messages claimable now. They keep a time, which tells that they have been looked at before.
-- Parameters: @uniqueids: list. Result: affected rows = messages that were set aside. Locking: the rows.
update message set notbefore = cast(unix_timestamp(now(3)) * 1000 as signed)
where uniqueId in (@uniqueids) and status = 1 and notbefore is not null
