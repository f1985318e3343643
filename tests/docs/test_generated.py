"""Pages that are made from code are what the code says now."""

from components.outputs import OUTPUTS
from components.outputs_reference import REFERENCE, reference
from tests.docs.pages import ROOT


def test_the_outputs_page_is_what_the_table_says():
    assert (ROOT / REFERENCE).read_text(encoding="utf-8") == reference(), "write it by `make golden`"


def test_every_output_says_what_it_is():
    for output in OUTPUTS:
        assert output.meaning.endswith("."), output.name
        assert "|" not in output.meaning
        assert f"| `{output.name}` |" in reference()
