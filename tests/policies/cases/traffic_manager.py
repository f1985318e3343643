from __future__ import annotations

from tests.policies import baselines_machines as baselines
from tests.policies.baselines_machines import endpoint
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN

PROFILE = Kind("trafficmanager:Profile", baselines.PROFILE)
ENDPOINT = Kind(
    "trafficmanager:Endpoint", baselines.PROFILE_ENDPOINT, name="endpoint", links={"profileName": ("subject",)}
)
ALONE = {"endpoints": [endpoint("eu1")]}

CASES: CaseTable = {
    "TM-01": StackCases(
        passes=(
            (PROFILE(),),
            (PROFILE(ALONE), ENDPOINT()),
            (PROFILE({"endpoints": [endpoint("eu1", endpointStatus=None), endpoint("eu2")]}),),
        ),
        fails=(
            ((PROFILE(ALONE),), "subject", "found 1 enabled"),
            ((PROFILE({"endpoints.1.endpointStatus": "disabled"}),), "subject", "found 1 enabled"),
            ((PROFILE(ALONE), ENDPOINT({"endpointStatus": "Disabled"})), "subject", "found 1 enabled"),
            ((PROFILE(ALONE), ENDPOINT(links={})), "subject", "two or more"),
            # What a refresh brings into the profile is the same endpoint, not a second one.
            ((PROFILE({"endpoints": [endpoint("eu2")]}), ENDPOINT()), "subject", "found 1 enabled"),
            ((PROFILE.without("endpoints"),), "subject", "found 0 enabled"),
        ),
        unread=(((PROFILE({"endpoints": UNKNOWN}),), "endpoints"),),
        assumed=((PROFILE(ALONE), ENDPOINT({"profileName": UNKNOWN})),),
    ),
    "TM-02": Cases(
        passes=(PROFILE(), PROFILE({"dnsConfig.ttl": 60})),
        also_passes=(PROFILE({"dnsConfig.ttl": "60"}),),
        fails=(
            (PROFILE({"dnsConfig.ttl": 61}), "found 61, wanted 60 or less"),
            (PROFILE({"dnsConfig.ttl": None}), "found nothing"),
        ),
        unread=unread(PROFILE, "dnsConfig.ttl"),
    ),
    "TM-03": Cases(
        passes=(PROFILE(), PROFILE({"monitorConfig.protocol": "http"})),
        fails=(
            (PROFILE({"monitorConfig.protocol": "TCP"}), "found TCP, wanted HTTPS or HTTP"),
            (PROFILE({"monitorConfig.path": "/"}), "monitorConfig.path: found /"),
            (PROFILE.without("monitorConfig"), "found nothing"),
        ),
        unread=unread(PROFILE, "monitorConfig.protocol", "monitorConfig.path"),
    ),
}
