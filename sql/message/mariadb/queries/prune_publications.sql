-- Removes all but the newest versions of a publication.
-- Parameters: @name, @keep. Result: affected rows = versions removed. Locking: the removed rows.
-- The inner query stands in a derived table because MariaDB allows no limit directly under "in".
delete from publication
where name = @name
  and version not in (select version from (select version from publication where name = @name order by version desc limit @keep) as newest)
