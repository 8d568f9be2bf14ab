-- What the batch says is revoked becomes revoked here, too, and never the other way: a certificate that was imported before and
-- revoked at the old site since, one on hold whose revocation became final, and the one that is here of two with one serial
-- number: relying parties know revoked certificates by that number alone. 60: expired and revoked before.
update certificate c
set
    status = case when c.fingerprint = s.fingerprint then s.status else 40 end,
    revocation_reason = s.revocation_reason, revoked_at = s.revoked_at, status_changed_at = s.status_changed_at
from (
    select distinct on (ca_id, serial) ca_id, serial, fingerprint, status, revocation_reason, revoked_at, status_changed_at
    from import_certificate
    where status = 40 or (status = 60 and revocation_reason between 0 and 10 and revocation_reason <> 8)
    order by ca_id, serial, revocation_reason = 6, revoked_at) s
where c.ca_id = s.ca_id and c.serial = s.serial
    and (c.status in (10, 20, 21) or (c.status = 40 and c.revocation_reason = 6 and s.revocation_reason <> 6))
