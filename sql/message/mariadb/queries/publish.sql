-- Makes a new version known.
-- Parameters: @name, @version, @notbefore, @notafter (ms since 1970), @content.
-- Result: affected rows: 1, or 0 if that version is there already. Locking: none.
insert ignore into publication (name, version, created, notbefore, notafter, content)
values (@name, @version, cast(unix_timestamp(now(3)) * 1000 as signed), @notbefore, @notafter, @content)
