"""Files to untrusted objects. Everything that touches a path on the way in is here."""
