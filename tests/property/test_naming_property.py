"""Names are legal by the stand-in's own, independent name rules, and never meet across environments and regions."""

from hypothesis import given
from hypothesis import strategies as st

from components.naming import RULES, Names
from sandbox.arm.names import NAMES, Scope, check_name

ENVIRONMENTS = st.from_regex(r"[a-z][a-z0-9]{1,7}", fullmatch=True)
REGIONS = st.from_regex(r"[a-z][a-z0-9]{1,5}", fullmatch=True)
ROLES = st.just("") | st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
TYPES = st.sampled_from(sorted(RULES))


@given(TYPES, ENVIRONMENTS, REGIONS, ROLES)
def test_a_name_is_never_too_long_and_has_only_legal_characters(arm_type, environment, region, role):
    rule = RULES[arm_type]
    name = Names(environment=environment, region=region).of(arm_type, role)
    assert len(name) <= rule.longest
    assert check_name(arm_type, "name", name) == []


def test_every_type_has_a_rule_on_the_other_side():
    assert {arm_type.lower() for arm_type in RULES} <= set(NAMES)


IDENTITIES = st.sets(st.tuples(ENVIRONMENTS, REGIONS, ROLES), min_size=2, max_size=8)
# What the stand-in holds to be the scope of a type's names; `everywhere` is what the program holds of it.
SCOPES = {arm_type: NAMES[arm_type.lower()].scope for arm_type in RULES}


def of_scope(*scopes):
    return st.sampled_from(sorted(arm_type for arm_type, scope in SCOPES.items() if scope in scopes))


def meeting(arm_type, identities):
    """Identities whose names are one and the same to Azure, which compares them without case."""
    names = {}
    for environment, region, role in identities:
        name = Names(environment=environment, region=region).of(arm_type, role)
        names.setdefault(name.lower(), []).append((environment, region, role))
    return [each for each in names.values() if len(each) > 1]


def test_both_sides_say_the_same_of_where_a_name_exists_once():
    assert {t for t, rule in RULES.items() if rule.everywhere} == {t for t, s in SCOPES.items() if s is Scope.GLOBAL}


@given(of_scope(Scope.GLOBAL), IDENTITIES)
def test_names_that_exist_once_in_azure_never_meet(arm_type, identities):
    assert meeting(arm_type, identities) == []


@given(of_scope(Scope.SUBSCRIPTION), IDENTITIES)
def test_names_that_exist_once_in_a_subscription_never_meet(arm_type, identities):
    assert meeting(arm_type, identities) == []


@given(of_scope(Scope.GROUP, Scope.PARENT), ENVIRONMENTS, REGIONS, st.data())
def test_names_of_one_cell_never_meet(arm_type, environment, region, data):
    """A group, and whatever is a parent in it, belongs to one cell: the roles alone tell names apart."""
    joint = "-" if RULES[arm_type].hyphens else ""
    roles = data.draw(st.lists(ROLES, min_size=2, max_size=8, unique_by=lambda role: role.replace("-", joint)))
    assert meeting(arm_type, [(environment, region, role) for role in roles]) == []
