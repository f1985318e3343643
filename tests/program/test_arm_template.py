"""The exported ARM template deploys to what ``up`` makes."""

import copy
import json
import re
from functools import cache
from types import SimpleNamespace

import pytest
import yaml

from ops.arm_template.comparison import Computed, sealed
from ops.arm_template.export import export
from ops.arm_template.files import files
from ops.arm_template.of_stack import SEEDS, readings
from ops.arm_template.origins import Deployer, SecretSetting
from ops.arm_template.reading import Answers, read
from ops.arm_template.stack_file import PROJECT, stack_config
from ops.namespaces import REQUIRED
from ops.stack_file import ROOT
from sandbox import arm, wire
from sandbox.azure import functions, ids
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.azure.resource_manager import ResourceManager
from sandbox.store import Store
from tests.arm_deployment import Deployment
from tests.arm_expressions import ExpressionError, NotDeployedError

STACKS = ("dev", "prod", "other")
# Beside the stack files: what neither of them chooses.
OTHER = """
redis.accessRules: true
emqx.licence: {secure: encrypted}
registry.private: true
"""
SHA256 = re.compile("[0-9a-f]{64}")
NOW = "20300101T000000Z"


@pytest.fixture(scope="session")
def stack_file(tmp_path_factory):
    """The file of a stack by its name."""

    def file(stack):
        if stack != "other":
            return None
        content = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text(encoding="utf-8"))
        for path, value in yaml.safe_load(OTHER).items():
            group, _, name = path.partition(".")
            content["config"].setdefault(f"{PROJECT}:{group}", {})[name] = value
        written = tmp_path_factory.getbasetemp() / "Pulumi.other.yaml"
        written.write_text(yaml.safe_dump(content), encoding="utf-8")
        return str(written)

    return file


@cache
def exported(stack, file=None):
    """A stack's template, and the first of the two readings that it was made of."""
    answers = readings(stack, file)
    one, two = (each.reading for each in answers)
    return SimpleNamespace(one=one, answers=answers[0], export=export(one, two, stack))


def values(found, store):
    """The values that the first reading had for what is given as a parameter."""
    one = found.one
    given = {}
    for name, source in found.export.parameters.items():
        if isinstance(source, Computed):
            given[name] = source.first
        elif isinstance(source, Deployer):
            given[name] = functions.call(store, "azure-native:authorization:getClientConfig", {})[source.what]
        else:
            given[name] = one.origins.drawn[source]
    if "moment" in found.export.template["parameters"]:
        given["moment"] = one.moment.strftime("%Y%m%dT%H%M%SZ")
    return given


class AsDeployed(Answers):
    """Answers that Azure gave to a deployment, and what random and tls made for it."""

    def __init__(self, store, made, moment, config):
        super().__init__("deployed", moment, config)
        self.reading.origins.subscription_id = ids.SUBSCRIPTION_ID
        self._store = store
        self._given = made

    def get(self, resource_id):
        return self._store.get(resource_id)

    def generated(self, token, name, urn, inputs):
        return self._given[urn]

    def added(self, token, parsed, opened, urn):
        return self._store.get(parsed.text).outputs

    def function(self, token, arguments):
        return functions.call(self._store, token, arguments)


@pytest.fixture
def manager(tmp_path):
    with Store(tmp_path) as store:
        for namespace in REQUIRED:
            store.register(namespace)
        yield ResourceManager(store, Faults(store, lambda: None))


@pytest.mark.parametrize("stack", STACKS)
def test_the_template_deploys_to_what_up_makes(stack, stack_file, manager):
    found = exported(stack, stack_file(stack))
    deployment = Deployment(manager, NOW)
    outputs = deployment.deploy(found.export.template, values(found, manager.store))
    config = stack_config(stack, stack_file(stack), SEEDS[0])
    answers = AsDeployed(manager.store, found.answers.made_elsewhere, found.one.moment, config)
    up = read(answers, config)

    wanted = {each.id: arm.to_arm(each.token, sealed(each.inputs)) for each in up.resources if each.id}
    made = {each.id: arm.to_arm(each.token, wire.plain(each.inputs)) for each in manager.store.all()}
    assert made.keys() == wanted.keys()
    digests = 0
    for resource_id, body in wanted.items():
        differing = [pair for pair in leaf_pairs(body, made[resource_id]) if pair[0] != pair[1]]
        assert [a for a, b in differing if not (SHA256.fullmatch(str(a)) and str(b).startswith("unique"))] == []
        digests += len(differing)
    assert digests == found.export.missing.digests
    assert outputs == {name: wire.plain(up.outputs[name]) for name in outputs}
    assert outputs.keys() | found.export.missing.outputs.keys() == up.outputs.keys()


def leaf_pairs(one, other):
    """Values at the same place; a difference of shape is a pair too."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from leaf_pairs(one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            yield from leaf_pairs(a, b)
    else:
        yield one, other


def nested(template):
    """The one nested deployment's template."""
    (found,) = (each["properties"]["template"] for each in template["resources"] if "resourceGroup" in each)
    return found


def test_without_its_dependencies_a_template_is_refused(manager):
    """The deployment of these tests sees a dependency that is missing, so that a template that passes has them all."""
    found = exported("prod")
    template = copy.deepcopy(found.export.template)
    for resource in nested(template)["resources"]:
        resource.pop("dependsOn", None)
    with pytest.raises((NotDeployedError, ArmError)):
        Deployment(manager, NOW).deploy(template, values(found, manager.store))


def test_a_wrong_name_is_refused(manager):
    found = exported("prod")
    text = json.dumps(found.export.template).replace("', 'vnet-", "', 'wnet-")
    with pytest.raises((ExpressionError, ArmError)):
        Deployment(manager, NOW).deploy(json.loads(text), values(found, manager.store))


@pytest.mark.parametrize("stack", STACKS)
def test_no_drawn_or_encrypted_value_stands_in_the_template(stack, stack_file):
    found = exported(stack, stack_file(stack))
    text = json.dumps(found.export.template, ensure_ascii=False)
    drawn = found.one.origins.drawn
    assert drawn
    assert [origin for origin, value in drawn.items() if json.dumps(value)[1:-1] in text] == []
    secrets = [each for each in found.export.parameters.values() if isinstance(each, Computed) and each.secret]
    assert [each.where for each in secrets if str(each.first) in text] == []


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_drawn_is_given_as_a_secure_parameter_and_named_nowhere_else(stack, stack_file):
    template = exported(stack, stack_file(stack)).export.template
    plain = {name for name, each in template["parameters"].items() if not each["type"].startswith("secure")}
    assert plain <= {"moment"}
    inner = nested(template)
    assert {name: each["type"] for name, each in inner["parameters"].items()} == {
        name: each["type"] for name, each in template["parameters"].items()
    }
    used = set(re.findall(r"parameters\('(\w+)'\)", json.dumps(inner["resources"])))
    assert used == set(template["parameters"])
    shown = json.dumps([inner["outputs"], template["outputs"], inner.get("variables")])
    assert "parameters(" not in shown.replace("parameters('moment')", "")


def test_listed_keys_are_listed_by_the_template(stack_file):
    template = exported("other", stack_file("other")).export.template
    (secret,) = (each for each in nested(template)["resources"] if each["name"].endswith("/redis-key"))
    assert secret["properties"]["value"].startswith("[listKeys(resourceId('Microsoft.Cache/redisEnterprise/databases'")
    assert secret["properties"]["value"].endswith(").primaryKey]")


def test_an_encrypted_setting_is_a_parameter(stack_file):
    found = exported("other", stack_file("other")).export
    (name,) = (name for name, source in found.parameters.items() if isinstance(source, SecretSetting))
    assert name == "emqxLicence"
    assert found.template["parameters"][name]["type"] == "secureString"


def test_what_needs_an_answer_of_azure_first_is_told():
    late = exported("prod").export.missing.late
    assert {name.partition("Certificate")[0] for name in late} == {"emqxCluster1"}
    assert all(need.startswith("staticIp of core-") for needs in late.values() for need in needs)


def test_the_files_of_infrastructure_are_fresh():
    folder = ROOT / "infrastructure"
    wanted = files(exported("prod").export, folder / "azuredeploy.json", folder / "README.md")
    assert {file.name for file in folder.iterdir()} == {file.name for file in wanted}
    stale = [file.name for file, text in wanted.items() if file.read_text(encoding="utf-8") != text]
    assert stale == [], "write them by `make golden`"
