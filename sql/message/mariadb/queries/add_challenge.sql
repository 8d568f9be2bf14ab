-- Adds a one-time challenge.
-- Parameters: @alias, @mac, @subject ('': any), @validfor (ms).
-- Result: affected rows: 1, or 0 if it is there already. Locking: none.
insert ignore into scep_challenge (alias, mac, subject, expires)
values (@alias, @mac, nullif(@subject, ''), cast(unix_timestamp(now(3)) * 1000 as signed) + @validfor)
