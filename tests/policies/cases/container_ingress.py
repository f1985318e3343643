from __future__ import annotations

from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.container_apps import APP, EDGE, JOB
from tests.policies.cases.container_environments import ENVIRONMENT, PUBLIC
from tests.policies.cases.shorthand import unread
from tests.policies.subjects import UNKNOWN, Subject

INGRESS = "configuration.ingress"
HOME = {"managedEnvironmentId": ("home",)}
INSIDE = ENVIRONMENT(name="home")
OUTSIDE = ENVIRONMENT({**PUBLIC, "environmentName": "cae-amora-prod-eu1-edge"}, name="home")
RESTRICTIONS = f"{INGRESS}.ipSecurityRestrictions"


def restricted(action: str) -> Subject:
    return EDGE({RESTRICTIONS: [{"name": "office", "ipAddressRange": "203.0.113.0/24", "action": action}]})


CASES: CaseTable = {
    "ING-01": Cases(
        passes=(APP(), EDGE(), APP.without(INGRESS)),
        fails=(
            (APP({f"{INGRESS}.exposedPort": 1883}), "1883 (MQTT without TLS)"),
            (APP({f"{INGRESS}.additionalPortMappings.0.exposedPort": 18083}), "18083 (EMQX's dashboard)"),
            (APP({f"{INGRESS}.additionalPortMappings.0.exposedPort": None}), "18083 (EMQX's dashboard)"),
            (APP({f"{INGRESS}.exposedPort": None, f"{INGRESS}.targetPort": 1883}), "1883"),
        ),
        unread=unread(APP, f"{INGRESS}.exposedPort", f"{INGRESS}.additionalPortMappings", INGRESS),
        not_applicable=(JOB(),),
    ),
    "ING-02": StackCases(
        passes=(
            (EDGE(links=HOME), OUTSIDE),
            (APP(links=HOME), INSIDE),
            (APP.without(INGRESS, links=HOME), OUTSIDE),
            (
                EDGE({f"{INGRESS}.additionalPortMappings.0": {"external": False, "targetPort": 4371}}, links=HOME),
                OUTSIDE,
            ),
        ),
        fails=(
            ((APP(links=HOME), OUTSIDE), "subject", "18091 to the container's 18083"),
            ((APP(),), "subject", "4371 to the container's 4371"),
            ((EDGE({f"{INGRESS}.targetPort": 18083}, links=HOME), OUTSIDE), "subject", "443 to the container's 18083"),
            (
                (EDGE({f"{INGRESS}.additionalPortMappings.0.exposedPort": 1883}, links=HOME), OUTSIDE),
                "subject",
                "443 and 8883",
            ),
        ),
        unread=(
            ((EDGE({f"{INGRESS}.targetPort": UNKNOWN}, links=HOME), OUTSIDE), f"{INGRESS}.targetPort"),
            (
                (APP(links=HOME), ENVIRONMENT({"vnetConfiguration.internal": UNKNOWN}, name="home")),
                "vnetConfiguration.internal",
            ),
        ),
        assumed=((APP({"managedEnvironmentId": UNKNOWN}, links=HOME), INSIDE),),
        not_applicable=((OUTSIDE,),),
    ),
    "ING-03": StackCases(
        passes=(
            (EDGE(links=HOME), OUTSIDE),
            (APP(links=HOME), INSIDE),
            (APP.without(INGRESS, links=HOME), OUTSIDE),
            (EDGE.without("containerAppName", name="edge-app", links=HOME), OUTSIDE),
        ),
        fails=(
            ((APP(links=HOME), OUTSIDE), "subject", "external in a public environment"),
            ((EDGE({"containerAppName": "ca-amora-edge-eu1-crl"}, links=HOME), OUTSIDE), "subject", "internal"),
        ),
        unread=(((APP({f"{INGRESS}.external": UNKNOWN}, links=HOME), OUTSIDE), f"{INGRESS}.external"),),
        not_applicable=((OUTSIDE,),),
    ),
    "ING-04": Cases(
        passes=(EDGE(), EDGE.without(f"{INGRESS}.allowInsecure")),
        fails=((EDGE({f"{INGRESS}.allowInsecure": True}), "allowInsecure: found true"),),
        unread=unread(EDGE, f"{INGRESS}.allowInsecure", f"{INGRESS}.transport"),
        not_applicable=(APP(), APP.without(INGRESS), JOB()),
    ),
    "ING-05": Cases(
        passes=(EDGE(), EDGE({f"{INGRESS}.stickySessions": {"affinity": "none"}})),
        fails=((EDGE({f"{INGRESS}.stickySessions": {"affinity": "sticky"}}), "found sticky"),),
        unread=((EDGE({f"{INGRESS}.stickySessions": {"affinity": UNKNOWN}}), f"{INGRESS}.stickySessions.affinity"),),
        not_applicable=(APP.without(INGRESS), JOB()),
    ),
    "ING-06": Cases(
        passes=(restricted("Allow"), restricted("allow")),
        fails=((restricted("Deny"), f"{RESTRICTIONS}.0.action: found Deny"),),
        unread=((restricted(UNKNOWN), f"{RESTRICTIONS}.0.action"),),
        not_applicable=(EDGE(), EDGE({RESTRICTIONS: []}), JOB()),
    ),
}
