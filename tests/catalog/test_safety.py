"""Contraindications by the rules of a taxonomy and by tags, and where a tool is not offered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from storefront.catalog.records import Origin, Tag, Tags
from storefront.catalog.safety import (
    SafetyOrigin,
    common_contraindications,
    contraindications_of,
    grouped,
    kept_off_areas,
    places_inside,
)
from storefront.catalog.safety.matrix import with_matrix
from storefront.catalog.taxonomy import Severity, Taxonomy, TaxonomyError, load_taxonomy
from storefront.catalog.taxonomy.loader import OPTIONAL, PACKAGED

TAXONOMY = load_taxonomy()


def tags_with(tool_type: str, *, techniques: tuple[str, ...] = (), stated: tuple[str, ...] = ()) -> Tags:
    def tags(slugs: tuple[str, ...], origin: Origin = Origin.INFERRED) -> tuple[Tag, ...]:
        return tuple(Tag(slug=slug, origin=origin) for slug in slugs)

    return Tags(
        tool_types=tags((tool_type,)), techniques=tags(techniques), contraindications=tags(stated, Origin.PINNED)
    )


def said_of(tags: Tags, subject: str) -> tuple[str, str] | None:
    found = {one.subject: one for one in contraindications_of(tags, TAXONOMY)}
    return (found[subject].severity, found[subject].origin) if subject in found else None


def changed_folder(tmp_path: Path, **files: str | None) -> Path:
    folder = tmp_path / "taxonomy"
    shutil.copytree(PACKAGED, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name, content in files.items():
        path = folder / f"{name}.yaml"
        path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    return folder


def test_every_situation_and_kind_of_tool_has_a_rule_or_a_silence_with_its_reason() -> None:
    safety = TAXONOMY.safety
    said = {(rule.subject, tool) for rule in safety.rules for tool in rule.tool_types}
    silent = {(subject, tool) for each in safety.silences for subject in each.subjects for tool in each.tool_types}

    cells = {(situation, tool) for situation in TAXONOMY.situations for tool in TAXONOMY.tool_types}

    assert cells - said - silent == set()


def test_a_warning_does_not_stand_on_everything() -> None:
    asked = {
        tool: sum(rule.severity is Severity.ASK_FIRST and tool in rule.tool_types for rule in TAXONOMY.safety.rules)
        for tool in TAXONOMY.tool_types
    }

    assert max(asked.values()) < len(TAXONOMY.situations) / 2


def test_percussion_keeps_off_the_whole_neck_and_the_head() -> None:
    gun = tags_with("massage-gun", techniques=("percussion",))

    assert kept_off_areas(gun, TAXONOMY) == {"neck", "head"}
    assert said_of(gun, "neck") == (Severity.KEEP_OFF, SafetyOrigin.RULE)


def test_a_rule_of_a_technique_holds_for_tools_that_have_it() -> None:
    pillow, pads = (tags_with("electric-massager", techniques=(name,)) for name in ("kneading", "electrostimulation"))

    assert said_of(pillow, "pacemaker") == (Severity.ASK_FIRST, SafetyOrigin.RULE)
    assert said_of(pads, "pacemaker") == (Severity.NEVER, SafetyOrigin.RULE)
    assert (kept_off_areas(pillow, TAXONOMY), kept_off_areas(pads, TAXONOMY)) == (frozenset(), {"chest"})


def test_a_pin_adds_to_the_rules_and_does_not_lift_one() -> None:
    gun = tags_with("massage-gun", stated=("ask-first:blood-clot", "never:fever"))

    assert said_of(gun, "blood-clot") == (Severity.NEVER, SafetyOrigin.RULE)
    assert said_of(gun, "fever") == (Severity.NEVER, SafetyOrigin.PINNED)


def test_a_stated_place_keeps_a_tool_off_what_it_fills_and_not_what_it_lies_in() -> None:
    assert kept_off_areas(tags_with("massage-ball", stated=("keep-off:chest",)), TAXONOMY) == {"chest"}
    assert kept_off_areas(tags_with("massage-ball", stated=("keep-off:achilles",)), TAXONOMY) == frozenset()
    assert "achilles" in places_inside("calves", TAXONOMY)


def test_what_holds_for_all_tools_of_a_guide_is_told_apart_from_what_holds_for_some() -> None:
    common, some = common_contraindications(["massage-gun", "massage-stick"], (), TAXONOMY)

    assert {"blood-clot", "broken-skin"} <= {one.subject for one in common}
    thinners = next(one for one in common if one.subject == "blood-thinners")
    assert thinners.severity is Severity.ASK_FIRST
    stricter = next(one for one in some if one.contraindication.subject == "blood-thinners")
    assert (stricter.contraindication.severity, stricter.tool_types) == (Severity.NEVER, ("massage-gun",))


def test_groups_are_by_what_is_to_be_done() -> None:
    found = contraindications_of(tags_with("massage-gun"), TAXONOMY)

    groups = grouped(found, [{"kind": "stop", "text": "Numbness"}, {"kind": "not-for", "text": "Bones"}])

    assert {one.severity for one in groups.never} == {Severity.NEVER}
    assert [one.subject for one in groups.keep_off][:2] == ["neck", "head"]
    assert (groups.stop, groups.notes) == (["Numbness"], [{"kind": "not-for", "text": "Bones"}])


# --- a shop's own taxonomy ------------------------------------------------------------------------------------------


def test_a_folder_without_the_files_about_safety_takes_the_packaged_ones(tmp_path: Path) -> None:
    folder = changed_folder(tmp_path, **{name.removesuffix(".yaml"): None for name in OPTIONAL})

    taxonomy = load_taxonomy(folder)

    assert taxonomy.safety.rules == TAXONOMY.safety.rules
    assert set(taxonomy.contraindications) == set(TAXONOMY.contraindications)


def test_of_the_packaged_rules_those_count_that_speak_of_what_the_shop_has(tmp_path: Path) -> None:
    guns = "{slug: massage-gun, name: Gun, plural: Guns, synonyms: [gun]}"
    other = "{slug: other, name: Other, plural: Others}"
    folder = changed_folder(
        tmp_path,
        **{name.removesuffix(".yaml"): None for name in OPTIONAL},
        tool_types=f"- {guns}\n- {other}\n",
        techniques="[]",
        search="{}",
        other_items="{}",
    )

    taxonomy = load_taxonomy(folder)

    assert {tool for rule in taxonomy.safety.rules for tool in rule.tool_types} == {"massage-gun"}
    assert kept_off_areas(tags_with("massage-gun"), taxonomy) == {"neck", "head"}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            "{subject: neck, severity: never, reason: No., source: one, tool_types: [t-bar]}",
            "contraindications.yaml, rule #1 (neck): `keep-off` is for places, `never` and `ask-first` for situations",
        ),
        (
            "{subject: fever, severity: never, reason: No., source: one, tool_types: [t-barr]}",
            "contraindications.yaml, rule #1 (fever): names the unknown tool type `t-barr`",
        ),
        (
            "{subject: fever, severity: never, reason: No., source: two, tool_types: [t-bar]}",
            "contraindications.yaml, rule #1 (fever): names the unknown source `two`",
        ),
        (
            "{subject: fever, severity: never, reason: No., source: one}",
            "contraindications.yaml, rule #1 (fever): names neither tool types, techniques nor areas",
        ),
    ],
)
def test_a_faulty_rule_is_a_fault(tmp_path: Path, rule: str, message: str) -> None:
    rules = f"sources: {{one: {{name: One, url: https://one.example.org}}}}\nrules:\n- {rule}\n"

    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(changed_folder(tmp_path, contraindications=rules))

    assert [str(fault) for fault in caught.value.faults] == [message]


def test_a_source_needs_an_address(tmp_path: Path) -> None:
    rules = "sources: {one: {name: One, url: nowhere}}\n"

    with pytest.raises(TaxonomyError, match=r"sources\.one\.url"):
        load_taxonomy(changed_folder(tmp_path, contraindications=rules))


def test_the_words_of_contraindications_are_a_severity_and_a_subject() -> None:
    taxonomy: Taxonomy = TAXONOMY

    assert taxonomy.contraindications["never:pregnancy"].name == "Never: pregnancy"
    assert taxonomy.contraindications["keep-off:front-of-neck"].name == "Keep off: the front and sides of the neck"
    assert "never:neck" not in taxonomy.contraindications


def test_the_matrix_in_the_docs_is_up_to_date() -> None:
    page = (Path(__file__).parents[2] / "docs" / "safety.md").read_text(encoding="utf-8")

    assert with_matrix(page, TAXONOMY) == page, "Run: storefront manage safety_matrix --write docs/safety.md"
