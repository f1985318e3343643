from __future__ import annotations

from tests.policies.cases import Cases, CaseTable
from tests.policies.cases.shorthand import Kind, unread

HOURS = "validityPeriodHours"
YEAR = 365 * 24
AUTHORITY = {"isCaCertificate": True, HOURS: 20 * YEAR, "allowedUses": ["cert_signing", "crl_signing"]}
SERVING = {"isCaCertificate": False, HOURS: YEAR, "allowedUses": ["digital_signature", "server_auth"]}
ROOT = Kind("tls:index/selfSignedCert:SelfSignedCert", AUTHORITY)
SELF_SIGNED = Kind("tls:index/selfSignedCert:SelfSignedCert", SERVING)
SERVER = Kind("tls:index/locallySignedCert:LocallySignedCert", SERVING)

CASES: CaseTable = {
    "CERT-01": Cases(
        passes=(ROOT(), SERVER(), SERVER({HOURS: 10 * YEAR}), ROOT({HOURS: 30 * YEAR}), SERVER({HOURS: "8760"})),
        fails=(
            (ROOT({HOURS: 30 * YEAR + 1}), "found 262801, wanted 1 to 262800"),
            (SERVER({HOURS: 10 * YEAR + 1}), "wanted 1 to 87600"),
            (ROOT({"isCaCertificate": None}), "wanted 1 to 87600"),
            (SERVER({HOURS: 0}), "found 0"),
        ),
        unread=unread(SERVER, HOURS, "isCaCertificate"),
    ),
    "CERT-02": Cases(
        passes=(SERVER(), SELF_SIGNED(), ROOT(), SERVER({"allowedUses": []})),
        fails=(
            (SERVER({"allowedUses": ["server_auth", "cert_signing"]}), "allowedUses: found cert_signing"),
            (ROOT({"isCaCertificate": False}), "cert_signing, crl_signing"),
            (SERVER({"isCaCertificate": True}), "found server_auth, wanted signing alone"),
        ),
        unread=unread(SERVER, "allowedUses", "isCaCertificate"),
    ),
}
