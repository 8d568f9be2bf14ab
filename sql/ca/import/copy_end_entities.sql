copy import_end_entity (
    username, subject_dn, subject_alt_name, email, secret, ca_id, end_entity_profile_id, certificate_profile_id, token_type, type, status,
    created_at, modified_at, allowed_requests, requests_left, max_failed_logins, logins_left, start_time, end_time,
    issuance_revocation_reason, legacy_extra)
from stdin (format binary)
