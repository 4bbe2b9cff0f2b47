"""The validator says of good markup that it is good and of bad markup what is wrong: it cannot always say "fine"."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from block_samples import BAD, BAD_IN_6_1, GOOD, PARAGRAPH, REWRITTEN
from block_validator import SETS, Figures, table
from node_packages import HERE, needed, node

pytestmark = pytest.mark.blocks


@pytest.mark.parametrize("editor", SETS)
def test_good_markup_is_good_in_both_editors(validators, editor):
    for verdict in validators(editor).verdicts(GOOD):
        assert verdict.valid, str(verdict)
        assert verdict.stable or editor == "6.1", str(verdict)


@pytest.mark.parametrize("name", BAD)
def test_bad_markup_is_told_with_its_fault_and_block(validators, name):
    markup, fault, block_name = BAD[name]
    (verdict,) = validators("current").verdicts({name: markup})
    assert not verdict.valid
    assert [message["block"] for message in verdict.messages if message["what"] == fault] == [block_name]
    assert getattr(verdict, fault) == 1


def test_an_invalid_block_comes_with_its_source_and_the_reason(validators):
    markup, _, _ = BAD["heading tag unlike its level"]
    (verdict,) = validators("current").verdicts({"a": markup})
    (message,) = verdict.messages
    assert message["source"] == '<h2 class="wp-block-heading">H</h2>'
    assert message["issues"][0] == "Expected tag name `h3`, instead saw `h2`."


def test_markup_that_the_editor_spells_otherwise_is_valid_but_not_stable(validators):
    for verdict in validators("current").verdicts(REWRITTEN):
        assert (verdict.valid, verdict.stable) == (True, False), str(verdict)
        assert verdict.differs["given"] in REWRITTEN[verdict.id]
        assert verdict.differs["saved"] not in REWRITTEN[verdict.id]


@pytest.mark.parametrize("name", BAD_IN_6_1)
def test_the_two_sets_are_different_editors(validators, name):
    markup, fault = BAD_IN_6_1[name]
    (today,) = validators("current").verdicts({name: markup})
    (then,) = validators("6.1").verdicts({name: markup})
    assert today.valid
    assert getattr(then, fault) == 1


def test_blocks_are_counted_by_name_and_inner_ones_count(validators):
    (verdict,) = validators("current").verdicts({"a": GOOD["list"]})
    assert verdict.blocks == 5
    assert verdict.names == {"core/list": 2, "core/list-item": 3}


def test_verdicts_come_in_the_order_of_many_documents(validators):
    documents = {str(at): GOOD["paragraph"] if at % 2 else "bare" for at in range(450)}
    verdicts = validators("current").verdicts(documents)
    assert [(verdict.id, verdict.freeform) for verdict in verdicts] == [(str(at), 1 - at % 2) for at in range(450)]


def test_what_is_not_markup_for_blocks_at_all_gets_a_verdict(validators):
    strange = {"nothing": "", "blanks": " \n", "separators": "\u2028\u2029", "open": "<!-- wp:paragraph -->\n<p>",
               "no JSON": '<!-- wp:heading {"level":} -->\n<h2>H</h2>\n<!-- /wp:heading -->'}  # fmt: skip
    verdicts = {verdict.id: verdict for verdict in validators("current").verdicts(strange)}
    assert [verdict.error for verdict in verdicts.values()] == [""] * 5
    assert verdicts["nothing"].blocks == 0
    assert not verdicts["no JSON"].valid


def test_a_package_tree_with_two_copies_of_a_core_package_gives_no_verdict(tmp_path):
    for name in ("blocks", "block-editor", "data", "components", "rich-text/node_modules/@wordpress/data"):
        package(tmp_path / "node_modules" / "@wordpress" / name)
    package(tmp_path / "node_modules" / "@wordpress" / "rich-text")
    assert refused(tmp_path, "@wordpress/data 2 times")


def test_a_package_tree_without_a_core_package_gives_no_verdict(tmp_path):
    assert refused(tmp_path, "@wordpress/blocks 0 times")


def test_figures_are_sums_over_documents_one_editor_a_line(validators):
    figures = Figures()
    for verdict in validators("current").verdicts(
        {"a": GOOD["list"], "b": "<div>x</div>", "c": REWRITTEN["bare sign in text"]}
    ):
        figures.add(verdict)
    head, row = table({"current": figures}).splitlines()
    shown = dict(zip(head.split(), row.split()[1:], strict=True))
    assert {name: count for name, count in shown.items() if count != "0"} == {
        "documents": "3",
        "blocks": "7",
        "freeform": "1",
        "unstable": "1",
    }


def package(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text("{}")


def refused(packages: Path, reason: str) -> bool:
    with needed("node"):
        command = [node(), str(HERE / "validator.mjs"), str(packages)]
    document = json.dumps({"id": "a", "markup": PARAGRAPH})
    done = subprocess.run(command, input=document, capture_output=True, text=True, check=False)
    return done.returncode == 2 and done.stdout == "" and reason in done.stderr
