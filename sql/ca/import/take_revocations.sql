-- A certificate that was imported before and revoked at the old site since is revoked here too; never the other way.
update certificate c
set status = s.status, revocation_reason = s.revocation_reason, revoked_at = s.revoked_at, status_changed_at = s.status_changed_at
from import_certificate s
where c.fingerprint = s.fingerprint and c.status in (10, 20, 21) and s.status = 40
