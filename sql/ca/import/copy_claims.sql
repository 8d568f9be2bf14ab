copy import_claim (digest, ca_id, kind, username) from stdin (format binary)
