"""The taxonomy: what the packaged data says, and that a folder with faults is refused with all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from storefront.catalog import taxonomy as package
from storefront.catalog.taxonomy import Side, Taxonomy, TaxonomyError, load_taxonomy

PACKAGED = Path(package.__file__).parent
AREAS_IN_ORDER = (
    "full-body head neck shoulders chest arms upper-arms forearms hands back upper-back mid-back lower-back hips "
    "glutes legs thighs knees calves feet"
)
TOOL_TYPES_IN_ORDER = (
    "trigger-point-massager massage-ball t-bar massage-gun foam-roller massage-stick massage-cane electric-massager "
    "scraper cupping-set acupressure-mat other"
)
CONDITIONS_IN_ORDER = (
    "muscle-knots neck-pain stiff-neck shoulder-pain upper-back-pain lower-back-pain tension-headache migraine "
    "jaw-pain piriformis-syndrome sciatica hip-pain anterior-pelvic-tilt rounded-posture plantar-fasciitis foot-pain "
    "tennis-elbow carpal-tunnel it-band-syndrome calf-tightness shin-splints muscle-soreness levator-scapulae-syndrome "
    "stress knee-pain runners-knee golfers-elbow repetitive-strain wrist-pain achilles-pain hamstring-tightness cramps "
    "frozen-shoulder tailbone-pain period-pain mid-back-pain heavy-legs teeth-grinding"
)
TECHNIQUES_IN_ORDER = (
    "trigger-point-pressure deep-tissue myofascial-release cross-fiber-friction circular-kneading percussion rolling "
    "stretching heat-and-cold foot-reflexology relaxation vibration kneading electrostimulation cupping scraping "
    "acupressure"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packaged data that a test may spoil."""
    copy = tmp_path / "taxonomy"
    shutil.copytree(PACKAGED, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


@pytest.fixture
def edit(folder: Path) -> Callable[[str, str, str], None]:
    """Replaces a text that stands once in a file of the copied folder."""

    def replace(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")

    return replace


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(folder)
    assert all(str(fault) in str(caught.value) for fault in caught.value.faults)
    return [str(fault) for fault in caught.value.faults]


def test_the_packaged_vocabularies_stand_in_their_order() -> None:
    taxonomy = load_taxonomy()

    assert list(taxonomy.areas) == AREAS_IN_ORDER.split()
    assert list(taxonomy.tool_types) == TOOL_TYPES_IN_ORDER.split()
    assert list(taxonomy.conditions) == CONDITIONS_IN_ORDER.split()
    assert list(taxonomy.techniques) == TECHNIQUES_IN_ORDER.split()


def test_areas_know_who_is_inside_whom() -> None:
    taxonomy = load_taxonomy()

    assert taxonomy.root == "full-body"
    assert taxonomy.children("legs") == ("thighs", "knees", "calves")
    assert taxonomy.ancestors("calves") == ("legs", "full-body")
    assert taxonomy.ancestors("full-body") == ()
    assert taxonomy.descendants("arms") == ("upper-arms", "forearms", "hands")
    assert set(taxonomy.descendants("full-body")) == set(taxonomy.areas) - {"full-body"}


@pytest.mark.parametrize("method", ["children", "ancestors", "descendants"])
def test_an_unknown_area_is_a_key_error(method: str) -> None:
    with pytest.raises(KeyError):
        getattr(load_taxonomy(), method)("nose")


def test_the_chest_is_drawn_on_the_front_only() -> None:
    taxonomy = load_taxonomy()

    assert taxonomy.areas["chest"].sides == (Side.FRONT,)
    assert taxonomy.areas["neck"].sides == (Side.FRONT, Side.BACK)


def test_every_area_but_the_groups_of_none_has_a_word_that_says_it() -> None:
    assert all(area.synonyms for area in load_taxonomy().areas.values())


def test_a_taxonomy_is_read_once() -> None:
    assert load_taxonomy() is load_taxonomy()


def test_a_taxonomy_cannot_be_changed() -> None:
    taxonomy = load_taxonomy()

    with pytest.raises(ValueError, match="frozen"):
        taxonomy.version = "x"  # type: ignore[misc]
    with pytest.raises(TypeError):
        taxonomy.areas["nose"] = taxonomy.areas["head"]  # type: ignore[index]


def test_the_same_data_elsewhere_is_an_equal_taxonomy(folder: Path) -> None:
    copy = load_taxonomy(folder)

    assert isinstance(copy, Taxonomy)
    assert copy == load_taxonomy()
    assert hash(copy) == hash(load_taxonomy())


def test_the_version_changes_with_the_data(folder: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("areas.yaml", "name: Head & jaw", "name: Head")

    changed = load_taxonomy(folder)

    assert changed.areas["head"].name == "Head"
    assert changed.version != load_taxonomy().version
    assert changed != load_taxonomy()


def test_all_faults_are_reported_together(folder: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("areas.yaml", "name: Neck, parent: full-body", "name: Neck, parent: torso")
    edit("areas.yaml", "name: Chest,", 'name: "",')
    edit("muscles.yaml", "term: psoas, areas: [hips]", "term: psoas, areas: [hipps]")
    edit("conditions.yaml", "slug: migraine", "slug: stiff-neck")
    edit("techniques.yaml", "tool_types: [massage-gun]", "tool_types: [gun]")

    faults = faults_of(folder)

    assert "areas.yaml, chest: name: String should have at least 1 character" in faults
    assert "areas.yaml, neck: names the unknown area `torso`" in faults
    assert "muscles.yaml, psoas: names the unknown area `hipps`" in faults
    assert "conditions.yaml, stiff-neck: this slug is there more than once" in faults
    assert "techniques.yaml, percussion: names the unknown tool type `gun`" in faults


def test_a_cycle_of_parents_is_a_fault(folder: Path, edit: Callable[[str, str, str], None]) -> None:
    edit(
        "areas.yaml", "slug: full-body, name: Full body, parent: null", "slug: full-body, name: Full body, parent: legs"
    )

    assert "areas.yaml, legs: lies inside itself (a cycle of parents)" in faults_of(folder)


def test_an_unknown_key_is_a_fault(folder: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("areas.yaml", "slug: hips, name:", "slug: hips, colour: red, name:")

    assert faults_of(folder) == ["areas.yaml, hips: colour: Extra inputs are not permitted"]


def test_a_missing_file_is_a_fault(folder: Path) -> None:
    (folder / "muscles.yaml").unlink()

    assert faults_of(folder) == ["muscles.yaml: No such file or directory"]


def test_a_file_that_is_no_yaml_is_a_fault(folder: Path) -> None:
    (folder / "conditions.yaml").write_text("- {slug: [", encoding="utf-8")

    (fault,) = faults_of(folder)
    assert fault.startswith("conditions.yaml: is not valid YAML")


def test_a_list_where_a_mapping_belongs_is_a_fault(folder: Path) -> None:
    (folder / "context.yaml").write_text("- held\n", encoding="utf-8")

    assert faults_of(folder) == ["context.yaml: must be a mapping at the top"]


def test_a_taxonomy_needs_the_tool_type_other(folder: Path) -> None:
    types = [
        entry for entry in yaml.safe_load((folder / "tool_types.yaml").read_text("utf-8")) if entry["slug"] != "other"
    ]
    (folder / "tool_types.yaml").write_text(yaml.safe_dump(types), encoding="utf-8")

    assert faults_of(folder) == ["tool_types.yaml: there must be a tool type `other`, for what is none of the rest"]


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("", "there is an empty phrase"),
        ("on <thee> back", "`on <thee> back` names the unknown set <thee>"),
        ("~2 back", "`~2 back` must begin and end with a word, and need one"),
        ("back? side?", "`back? side?` must begin and end with a word, and need one"),
        ("back ~x side", "`back ~x side` has a run without a number"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_a_fault(folder: Path, pattern: str, fault: str) -> None:
    data = yaml.safe_load((folder / "distractors.yaml").read_text("utf-8"))
    data["position"].append(pattern)
    (folder / "distractors.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")

    assert faults_of(folder) == [f"distractors.yaml, position: {fault}"]
