-- Removes a row of the caller's own, which nobody will ask for again, and its large object.
-- Parameters: @uniqueid, @messageid. Result: affected rows: 1, or 0 where the row is gone or somebody else's.
-- Locking: the row.
with chosen as materialized (
    select uniqueid,
           case when octet_length(message) <= 10 and message ~ '^[0-9]+$' then case when message::bigint <= 4294967295 then message::oid end end as number
    from message
    where uniqueid = @uniqueid and messageid = @messageid
), unlinked as materialized (
    select lo_unlink(object.oid) from chosen, pg_largeobject_metadata as object
    where object.oid = chosen.number and pg_has_role(object.lomowner, 'usage')
      and not exists (select from message as other where octet_length(other.message) <= 10
                      and other.message = object.oid::text and other.uniqueid <> chosen.uniqueid)
)
delete from message
where uniqueid in (select uniqueid from chosen) and (select count(*) from unlinked) >= 0
