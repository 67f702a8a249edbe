"""Ignored scopes in all the forms that users write."""

import pytest
from pydantic import ValidationError

from openpot.config.ignored_scope import IgnoredOperation, IgnoredScope, IgnoredScopes


def test_a_path_into_a_body_is_joined():
    scope = IgnoredScope.model_validate({"scope": ["conv", ["loop", "body_conv"]]})
    assert scope.scope == ("conv", "loop|body_conv")


@pytest.mark.parametrize("names", [["conv", "fc"], ("conv", "fc"), {"fc", "conv"}], ids=["list", "tuple", "set"])
def test_names_alone_are_a_scope(names):
    assert IgnoredScope.model_validate(names) == IgnoredScope(scope=("conv", "fc"))


def test_operations_by_type_and_attributes_keep_every_entry():
    raw = {"operations": [{"type": "Add"}, "Multiply", {"type": "Convolution", "attributes": {"group": 2}}]}
    assert IgnoredScope.model_validate(raw).operations == (
        IgnoredOperation(type="Add"),
        IgnoredOperation(type="Multiply"),
        IgnoredOperation(type="Convolution", attributes={"group": 2}),
    )


@pytest.mark.parametrize(
    ("raw", "empty"),
    [({}, True), ({"skip_model": True}, False), ({"scope": ["a"]}, False), ({"operations": ["Add"]}, False)],
)
def test_an_empty_scope_leaves_nothing_out(raw, empty):
    assert IgnoredScope.model_validate(raw).is_empty is empty


@pytest.mark.parametrize(
    "raw", [{"scop": []}, {"scope": "conv"}, {"scope": [3]}, {"scope": [["a", 3]]}, {"operations": [{"typ": "Add"}]}, 3]
)
def test_other_forms_are_refused(raw):
    with pytest.raises(ValidationError):
        IgnoredScope.model_validate(raw)


def test_one_scope_serves_every_model():
    scopes = IgnoredScopes.model_validate({"scope": ["conv"]})
    assert scopes.select_for() == scopes.select_for("pnet") == IgnoredScope(scope=("conv",))


def test_each_model_of_a_cascade_has_its_own():
    scopes = IgnoredScopes.model_validate({"pnet": {"skip_model": True}, "rnet": {"scope": ["conv"]}})
    assert scopes.select_for("pnet").skip_model
    assert scopes.select_for("rnet").scope == ("conv",)
    assert scopes.select_for("onet").is_empty
    assert scopes.select_for().is_empty


@pytest.mark.parametrize("raw", [{}, IgnoredScopes(), []], ids=["dict", "scopes", "list"])
def test_nothing_is_an_empty_scope(raw):
    assert IgnoredScopes.model_validate(raw).select_for().is_empty


def test_a_dump_can_be_read_back():
    for raw in ({"scope": ["a"]}, {"pnet": {"operations": ["Add"]}}):
        scopes = IgnoredScopes.model_validate(raw)
        assert IgnoredScopes.model_validate(scopes.model_dump(mode="json", exclude_unset=True)) == scopes


def test_a_mixture_of_keys_and_models_is_refused():
    with pytest.raises(ValidationError):
        IgnoredScopes.model_validate({"scope": ["a"], "pnet": {"skip_model": True}})
