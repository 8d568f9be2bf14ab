-- Removes a row of the caller's own, which nobody will ask for again, and its large object.
-- Parameters: @uniqueid, @messageid. Result: affected rows: 1, or 0 where the row is gone or somebody else's.
-- Locking: the row.
with chosen as materialized (
    select uniqueid, case when octet_length(message) <= 10 then message end as object
    from message
    where uniqueid = @uniqueid and messageid = @messageid
-- include unlinked
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
