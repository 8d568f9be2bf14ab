-- Makes set-aside messages claimable now.
-- Parameters: @uniqueids: list. Result: affected rows = messages that were set aside. Locking: the rows.
update message set notbefore = null
where uniqueId in (@uniqueids) and status = 1 and notbefore is not null
