-- Part of the queries that remove texts, behind one named chosen (uniqueid, object): the row, and the number of a large
-- object that it has, or any other text. Unlinks the objects where this role may do that (WIRE.md 1.3), but none that
-- another row names, whose writer may have had it removed here. Whoever includes it must read unlinked, or nothing happens.
), unlinked as materialized (
    select lo_unlink(known.oid)
    from chosen, pg_largeobject_metadata as known
    where known.oid = case when chosen.object ~ '^[0-9]{1,10}$' then case when chosen.object::bigint <= 4294967295 then chosen.object::bigint::oid end end
      and pg_has_role(known.lomowner, 'usage')
      and not exists (select from message as other where octet_length(other.message) <= 10
                      and other.message = known.oid::text and other.uniqueid <> chosen.uniqueid)
