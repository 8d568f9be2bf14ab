-- Makes a new version known.
-- Parameters: @name, @version, @notbefore, @notafter (ms since 1970), @content.
-- Result: affected rows: 1, or 0 if that version is there already. Locking: none.
insert into publication (name, version, created, notbefore, notafter, content)
values (@name, @version, (extract(epoch from clock_timestamp()) * 1000)::bigint, @notbefore, @notafter, @content)
on conflict (name, version) do nothing
