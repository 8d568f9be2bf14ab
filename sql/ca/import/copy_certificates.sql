copy import_certificate (
    fingerprint, ca_id, serial, subject_dn, subject_alt_name, username, status, type, certificate_profile_id, end_entity_profile_id,
    not_before, expire_at, issued_at, revoked_at, revocation_reason, status_changed_at, public_key_digest, encoded)
from stdin (format binary)
