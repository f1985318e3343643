from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.key_vault import ADDRESS_OF_SERVICE, ENDPOINT, LEADING, NAMED
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

MANAGED = Kind("redisenterprise:RedisEnterprise", baselines.REDIS)
DATABASE = Kind("redisenterprise:Database", baselines.REDIS_DATABASE)
CLASSIC = Kind("redis:Redis", baselines.CLASSIC_REDIS)

CASES: CaseTable = {
    "REDIS-01": Cases(
        passes=(MANAGED(),),
        fails=((CLASSIC(), "the classic Azure Cache for Redis, wanted Azure Managed Redis"),),
        # The type alone decides.
        assumed=(MANAGED.unknown("sku.name"),),
        not_applicable=(DATABASE(),),
    ),
    "REDIS-02": Cases(
        passes=(MANAGED(), CLASSIC()),
        fails=(
            (MANAGED.without("minimumTlsVersion"), "minimumTlsVersion: found nothing"),
            (CLASSIC({"minimumTlsVersion": "1.0"}), "found 1.0"),
        ),
        unread=unread(MANAGED, "minimumTlsVersion"),
    ),
    "REDIS-03": Cases(
        passes=(MANAGED(), MANAGED.without("highAvailability")),
        fails=((MANAGED({"highAvailability": "Disabled"}), "found Disabled"),),
        unread=unread(MANAGED, "highAvailability"),
    ),
    "REDIS-04": Cases(
        passes=(MANAGED(), CLASSIC(), CLASSIC({"sku": {"name": "Premium", "family": "P", "capacity": 1}})),
        fails=(
            (MANAGED({"sku.name": "Balanced_B0"}), "sku.name: found Balanced_B0"),
            (CLASSIC({"sku.name": "Basic"}), "found Basic"),
            (CLASSIC({"sku.capacity": 0}), "Standard C1 or more"),
        ),
        unread=unread(MANAGED, "sku.name"),
    ),
    "REDIS-05": Cases(
        passes=(MANAGED(), CLASSIC()),
        fails=(
            (MANAGED({"publicNetworkAccess": "Enabled"}), "found Enabled"),
            (CLASSIC.without("publicNetworkAccess"), "found Enabled"),
        ),
        unread=unread(MANAGED, "publicNetworkAccess"),
    ),
    "REDIS-06": Cases(
        passes=(DATABASE(), CLASSIC(), DATABASE.without("clientProtocol"), CLASSIC.without("enableNonSslPort")),
        fails=(
            (DATABASE({"clientProtocol": "Plaintext"}), "clientProtocol: found Plaintext"),
            (CLASSIC({"enableNonSslPort": True}), "enableNonSslPort"),
        ),
        unread=(*unread(DATABASE, "clientProtocol"), *unread(CLASSIC, "enableNonSslPort")),
    ),
    "REDIS-07": Cases(
        passes=(DATABASE(), CLASSIC()),
        fails=(
            (DATABASE({"accessKeysAuthentication": "Enabled"}), "accessKeysAuthentication: found Enabled"),
            (DATABASE.without("accessKeysAuthentication"), "found Enabled"),
            (CLASSIC({"disableAccessKeyAuthentication": False}), "disableAccessKeyAuthentication"),
        ),
        unread=(*unread(DATABASE, "accessKeysAuthentication"), *unread(CLASSIC, "disableAccessKeyAuthentication")),
    ),
    "REDIS-08": StackCases(
        passes=tuple((kind(), LEADING, NAMED) for kind in (MANAGED, CLASSIC)),
        fails=(((MANAGED(),), "subject", "a private endpoint"), ((CLASSIC(), ENDPOINT()), "subject", "endpoint")),
        assumed=(
            (
                MANAGED(),
                ENDPOINT(
                    {"privateLinkServiceConnections.0.privateLinkServiceId": UNKNOWN},
                    links={ADDRESS_OF_SERVICE: ("subject",)},
                ),
                NAMED,
            ),
        ),
        not_applicable=((Subject("azure-native:redisenterprise:Database"),),),
    ),
}
