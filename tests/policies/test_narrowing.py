"""Narrowing changes what the library is asked, and nothing of what it answers."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct, Value
from hypothesis import given, strategies
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy, StackValidationPolicy, policy

from policies.context import Context
from policies.exemptions import EXEMPTIONS
from policies.narrowing import narrowed_by
from policies.pack import Pack
from policies.reading import STEPS, unpacked
from policies.registry import RULES
from policies.rule import Rule, Severity, StackRule
from tests.policies.cases import Cases
from tests.policies.cases.table import TABLE
from tests.policies.subjects import TODAY

CASES = [cases for cases in TABLE.values() if isinstance(cases, Cases)]
# One that fails and one that cannot be read of each rule: the whole library judges each by every policy.
SUBJECTS = [case[0] for cases in CASES for case in (*cases.fails[:1], *cases.unread[:1])]

NAMELESS: Any = {"title": "t", "severity": Severity.LOW, "protects": "p", "references": (), "remedy": "r"}


def servicer(kind, policies=None):
    policies = policies or Pack(RULES, EXEMPTIONS, Context(tier="prod", preview=True, today=TODAY)).policies()
    return kind("amora-sync", "1.0.0", policies, EnforcementLevel.ADVISORY)


def request(subject):
    properties = Struct()
    properties.update(dict(subject.inputs))
    return proto.AnalyzeRequest(type=subject.token, properties=properties, urn=subject.full_urn, name=subject.name)


def public(subject):
    properties = subject.inputs.get("properties")
    return isinstance(properties, dict) and properties.get("publicNetworkAccess") == "Enabled"


def test_the_answers_are_the_librarys_own():
    whole, narrow = servicer(policy._PolicyAnalyzerServicer), servicer(narrowed_by(RULES))
    for subject in SUBJECTS:
        plain, narrowed = (each.Analyze(request(subject), None) for each in (whole, narrow))
        assert list(narrowed.diagnostics) == list(plain.diagnostics)
        assert {each.policy_name for each in narrowed.not_applicable} == {
            each.policy_name for each in plain.not_applicable
        }


def test_only_policies_that_may_judge_the_type_are_asked():
    asked = []

    def named(name):
        return ResourceValidationPolicy(name, name, lambda args, report: asked.append(name))

    narrow = servicer(narrowed_by(RULES), [named(name) for name in ("KV-01", "PG-01", "GOV-03", "PACK-01", "OTHER")])
    narrow.Analyze(request(CASES[3].passes[0]), None)
    vault = next(subject for subject in SUBJECTS if subject.token == "azure-native:keyvault:Vault")
    asked.clear()
    narrow.Analyze(request(vault), None)
    assert asked == ["KV-01", "GOV-03", "PACK-01", "OTHER"]


@pytest.mark.parametrize("level", ["DISABLED", "ADVISORY"])
def test_what_the_engine_configures_holds_for_narrowed_answers_too(level):
    narrow = servicer(narrowed_by(RULES))
    configured = proto.PolicyConfig(enforcementLevel=getattr(proto, level))
    subject = next(each for each in SUBJECTS if each.name == "subject" and public(each))
    narrow.Analyze(request(subject), None)
    narrow.Configure(proto.ConfigureAnalyzerRequest(policyConfig={"KV-05": configured}), None)
    found = [each for each in narrow.Analyze(request(subject), None).diagnostics if each.policyName == "KV-05"]
    assert [each.enforcementLevel for each in found] == ([] if level == "DISABLED" else [proto.ADVISORY])


def remediating(kind):
    def changed(args) -> Any:  # the library's type knows coroutines only, the library takes the properties too
        return {**args.props, "location": "westeurope"}

    level = EnforcementLevel.REMEDIATE
    return servicer(kind, [ResourceValidationPolicy("MEND", "m", remediate=changed, enforcement_level=level)])


def test_what_there_is_to_remediate_is_the_librarys_own():
    whole, narrow = remediating(policy._PolicyAnalyzerServicer), remediating(narrowed_by(RULES))
    for subject in SUBJECTS[:3]:
        mended = narrow.Remediate(request(subject), None)
        assert len(mended.remediations) == 1
        assert mended == whole.Remediate(request(subject), None)


def test_where_nothing_is_to_be_remediated_nothing_is_read(monkeypatch):
    whole, narrow = servicer(policy._PolicyAnalyzerServicer), servicer(narrowed_by(RULES))
    said = [whole.Remediate(request(subject), None) for subject in SUBJECTS[:3]]
    monkeypatch.setattr(policy, "deserialize_properties", None)
    assert [narrow.Remediate(request(subject), None) for subject in SUBJECTS[:3]] == said


@pytest.fixture
def read_once(monkeypatch):
    for name, step in STEPS.items():
        monkeypatch.setattr(policy, name, step)


def stack_request(*subjects):
    return proto.AnalyzeStackRequest(
        resources=[
            proto.AnalyzerResource(
                type=each.token, properties=request(each).properties, urn=f"{each.full_urn}-{number}", name=each.name
            )
            for number, each in enumerate(subjects)
        ]
    )


def test_reading_once_changes_no_answer(monkeypatch):
    whole = servicer(policy._PolicyAnalyzerServicer)
    one_by_one = [whole.Analyze(request(subject), None) for subject in SUBJECTS]
    at_the_end = whole.AnalyzeStack(stack_request(*SUBJECTS), None)
    assert any(answer.diagnostics for answer in one_by_one)
    for name, step in STEPS.items():
        monkeypatch.setattr(policy, name, step)
    narrow = servicer(narrowed_by(RULES))
    assert [list(narrow.Analyze(request(subject), None).diagnostics) for subject in SUBJECTS] == [
        list(answer.diagnostics) for answer in one_by_one
    ]
    assert narrow.AnalyzeStack(stack_request(*SUBJECTS), None) == at_the_end


@pytest.mark.usefixtures("read_once")
def test_a_request_is_read_once_and_the_next_one_anew(monkeypatch):
    seen = []

    def stack_policy(name):
        return StackValidationPolicy(
            name, name, lambda args, report: seen.append([each.props for each in args.resources])
        )

    narrow = servicer(narrowed_by(RULES), [stack_policy(name) for name in ("ONE", "TWO")])
    for _ in range(2):
        narrow.AnalyzeStack(stack_request(*SUBJECTS[:3]), None)
    first, second, third, fourth = seen
    assert [id(props) for props in first] == [id(props) for props in second]
    assert [id(props) for props in third] == [id(props) for props in fourth]
    assert not {id(props) for props in first} & {id(props) for props in third}
    assert len({id(props) for props in first}) == 3


def test_a_policy_about_the_stack_has_what_the_library_gives_it():
    seen = []

    def looked_at(args, _report):
        parents = [each.parent.name if each.parent else "" for each in args.resources]
        links = [
            {key: [to.name for to in found] for key, found in each.property_dependencies.items()}
            for each in args.resources
        ]
        seen.append((dict(args.get_config()), dict(args.stack_tags), parents, links))

    def skipped(args, _report):
        args.not_applicable("no")

    def answered(kind):
        policies = [StackValidationPolicy(name, name, looked_at) for name in ("ONE", "TWO")]
        made = servicer(kind, [*policies, StackValidationPolicy("THREE", "THREE", skipped)])
        made.ConfigureStack(proto.AnalyzerStackConfigureRequest(tags={"owner": "platform"}), None)
        properties = Struct()
        properties.update({"limit": 3})
        configured = proto.PolicyConfig(enforcementLevel=proto.MANDATORY, properties=properties)
        made.Configure(proto.ConfigureAnalyzerRequest(policyConfig={"TWO": configured}), None)
        asked = stack_request(*SUBJECTS[:3])
        asked.resources[1].parent = asked.resources[0].urn
        asked.resources[2].propertyDependencies["zone"].urns.append(asked.resources[1].urn)
        return made.AnalyzeStack(asked, None)

    assert answered(narrowed_by(RULES)) == answered(policy._PolicyAnalyzerServicer)
    narrow, whole = seen[:2], seen[2:]
    assert narrow == whole
    (_, tags, parents, links), (configured, *_) = narrow
    assert (tags, configured) == ({"owner": "platform"}, {"limit": 3})
    assert parents == ["", SUBJECTS[0].name, ""]
    assert links[2] == {"zone": [SUBJECTS[1].name]}


def test_no_configured_level_hides_the_stack():
    seen = []
    look = StackValidationPolicy("LOOK", "look", lambda args, report: seen.append(len(args.resources)))
    narrow = servicer(narrowed_by(RULES), [look])
    off = {name: proto.PolicyConfig(enforcementLevel=proto.DISABLED) for name in ("resources", "all")}
    narrow.Configure(proto.ConfigureAnalyzerRequest(policyConfig=off), None)
    narrow.AnalyzeStack(stack_request(*SUBJECTS[:3]), None)
    assert seen == [3]


def test_resources_are_put_together_once_for_all_policies_about_the_stack():
    seen = []

    def stack_policy(name):
        return StackValidationPolicy(name, name, lambda args, report: seen.append(args.resources))

    narrow = servicer(narrowed_by(RULES), [stack_policy(name) for name in ("ONE", "TWO")])
    narrow.AnalyzeStack(stack_request(*SUBJECTS[:3]), None)
    assert len(seen[0]) == 3
    assert seen[0] is seen[1]


@pytest.mark.usefixtures("read_once")
def test_a_rule_judges_once_a_request_whoever_asks():
    judged = []
    rule = Rule(**NAMELESS, id="ONE-01", applies_to=("*",), judge=lambda resource: judged.append(resource.urn))
    about = (SUBJECTS[0].token,)
    stack_rule = StackRule(**NAMELESS, id="ALL-01", about=about, judge=lambda stack: judged.append("the stack"))
    pack = Pack((rule, stack_rule), EXEMPTIONS, Context(tier="prod", preview=True, today=TODAY))
    narrow = servicer(narrowed_by((rule, stack_rule)), pack.policies())
    first, second = SUBJECTS[:2]
    for subject in (first, first, second):
        narrow.Analyze(request(subject), None)
    assert judged == [first.full_urn, first.full_urn, second.full_urn]
    narrow.AnalyzeStack(stack_request(first), None)
    assert judged[3:] == ["the stack"]


JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(),
    lambda inner: strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(), inner, max_size=3),
)


@given(strategies.dictionaries(strategies.text(), JSON, max_size=4))
def test_a_message_is_read_as_protobuf_reads_it(values):
    message = Struct()
    message.update(values)
    assert unpacked(message) == MessageToDict(message)


def test_a_value_without_a_kind_is_nothing():
    message = Struct(fields={"none": Value()})
    assert unpacked(message) == MessageToDict(message) == {"none": None}
