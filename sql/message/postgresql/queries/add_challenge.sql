-- Adds a one-time challenge.
-- Parameters: @alias, @mac, @subject ('': any), @validfor (ms).
-- Result: affected rows: 1, or 0 if it is there already. Locking: none.
insert into scep_challenge (alias, mac, subject, expires)
values (@alias, @mac, nullif(@subject, ''), (extract(epoch from clock_timestamp()) * 1000)::bigint + @validfor)
on conflict (alias, mac) do nothing
