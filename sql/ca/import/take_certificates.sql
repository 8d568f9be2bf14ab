-- What is stored already stays as it is: importing twice changes nothing. Gives how many are new.
insert into certificate (
    fingerprint, ca_id, serial, subject_dn, subject_alt_name, username, status, type, certificate_profile_id, end_entity_profile_id,
    not_before, expire_at, issued_at, revoked_at, revocation_reason, status_changed_at, public_key_digest, encoded)
select
    fingerprint, ca_id, serial, subject_dn, subject_alt_name, username, status, type, certificate_profile_id, end_entity_profile_id,
    not_before, expire_at, issued_at, revoked_at, revocation_reason, status_changed_at, public_key_digest, encoded
from import_certificate
on conflict do nothing
