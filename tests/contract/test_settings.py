"""The settings a shop writes, and what it is told when one is wrong."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.places import places
from config.settings import DEFAULTS, digest, init, language, load, put, show
from pos.domain.barcode import MeasurePlan
from pos.domain.errors import Refusal
from pos.domain.words import Sentence

NOWHERE = {"COMPTOIR_HOME": "/nowhere"}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_till_without_any_file_has_the_defaults() -> None:
    settings = load(None, NOWHERE)
    assert settings.selling.cash_limit == 1000_00
    assert settings.tenders.quick_cash == (500, 1000, 2000, 5000)
    assert settings.barcodes.plans()[1] == MeasurePlan("21", 5, 5, kind="weight", decimals=3)


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = written(tmp_path, '[shop]\nname = "Épicerie"\ncity = "Lyon"\n')
    settings = load(file, {"COMPTOIR__SHOP__CITY": "Nantes", "COMPTOIR__SHOP__POSTCODE": "44000"})
    assert settings.shop.name == "Épicerie"
    assert (settings.shop.city, settings.shop.postcode) == ("Nantes", "44000")
    assert settings.shop.country == "FR"


def test_a_list_in_the_environment_is_written_as_in_the_file() -> None:
    layers = {**NOWHERE, "COMPTOIR__DEVICES__SCANNERS": '[{ name = "a", url = "emulator://" }]'}
    assert load(None, layers).devices.scanners[0].url == "emulator://"


WRONG = [
    ("[shop]\nnames = 'x'", "shop.names is not a setting; did you mean shop.name?"),
    ("[shop]\nzzzzzz = 'x'", "shop.zzzzzz is not a setting; the settings here are: name, company"),
    ("[shopp]\nname = 'x'", "shopp is not a setting; did you mean shop?"),
    ("[devices.printer]\nur = 'x'", "did you mean devices.printer.url?"),
    ("[devices]\nscanners = [{ name = 'a', ulr = '' }]", "devices.scanners.0.url is missing"),
    ("[shop]\ncut_off_hour = 24", "shop.cut_off_hour is 24; expected: 23 or less."),
    ("[shop]\ncut_off_hour = 'five'", 'is "five"; expected: a whole number.'),
    ("[shop]\npostcode = 69001", "is 69001; expected: text between quotation marks."),
    ("[shop]\naddress = 'one line'", "expected: a list between [ and ]."),
    ("[shop]\nsiret = '73282932000075'", "expected: the 14 digits of a SIRET"),
    ("[shop]\nvat_number = 'FR00123'", "expected: a VAT number such as FR and 11 digits."),
    ("[shop]\nzone = 'Europe/Pariss'", "expected: a time zone such as Europe/Paris."),
    ("[till]\nname = 'till one'", "expected: 1 to 8 capital letters and digits, a letter first."),
    ("[till]\nfiscal = 'frence'", "expected: one of 'france', 'none'."),
    ("till = 'T01'", 'till is "T01"; expected: a section of its own.'),
    ("[selling]\ncash_limit = -1", "selling.cash_limit is -1; expected: 0 or more."),
    ("[tenders]\non = []", "expected: at least one way to pay, each named once."),
    ("[tenders]\nquick_cash = [1000, 500]", "[1000, 500]; expected: amounts in cents, smallest"),
    ("[meal_vouchers]\nuntil = 'soon'", "expected: a day such as 2026-12-31."),
    ("[devices.printer]\nurl = 'lp0'", "expected: a URL such as tcp://192.0.2.7:9100, or nothing."),
    (
        "[barcodes]\nmeasure_plans = [{ prefix = '02', item_digits = 5, value_digits = 3 }]",
        "the plan 02 covers 10 digits of a label, not 12",
    ),
    ("[sounds]\nrefused = 'loud'", 'sounds.refused is "loud"; expected: true or false.'),
    ("[keys]\nhelp = 'f13'", "keys: The key f13 of help does not arrive"),
    ("[shop\nname = 'x'", "is not written as TOML"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_setting_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, text: str, said: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(Refusal) as refused:
        load(file, {})
    sentence = str(refused.value)
    assert said in sentence
    assert str(file) in sentence
    assert "\n" not in sentence


def test_a_wrong_value_of_the_environment_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "[shop]\ncut_off_hour = 4\n")
    with pytest.raises(Refusal, match=r'In the environment, shop\.cut_off_hour is "x"'):
        load(file, {"COMPTOIR__SHOP__CUT_OFF_HOUR": "x"})


def test_what_is_wrong_is_said_in_the_language_that_the_file_asks_for(tmp_path: Path) -> None:
    home = {"COMPTOIR_HOME": str(tmp_path)}
    written(tmp_path, "[till]\nlanguage = 'fr'\n[shop]\nsiret = '73282932000075'\n")
    with pytest.raises(Refusal) as refused:
        load(None, home)
    assert isinstance(refused.value.sentence.values["expected"], Sentence)
    for environ, expected in (
        ({"LANG": "en_GB.UTF-8"}, "fr"),
        ({"COMPTOIR__TILL__LANGUAGE": "en"}, "en"),
        ({"COMPTOIR__TILL__LANGUAGE": "de", "LANG": "fr_FR.UTF-8"}, "fr"),
    ):
        assert language({**home, **environ}) == expected
    written(tmp_path, "[till\n")
    assert language({**home, "LANG": "en_GB.UTF-8"}) == "en"


def test_a_settings_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refused:
        load(tmp_path / "none.toml", {})
    assert refused.value.slug == "no_settings"


def test_a_list_with_a_typing_mistake_in_the_environment_is_refused() -> None:
    with pytest.raises(Refusal, match="COMPTOIR__TENDERS__ON is not written as TOML"):
        load(None, {**NOWHERE, "COMPTOIR__TENDERS__ON": "[cash"})


def test_a_whole_section_in_the_environment_gives_way_to_its_keys() -> None:
    layers = {**NOWHERE, "COMPTOIR__TILL": "x", "COMPTOIR__TILL__NAME": "T09"}
    assert load(None, layers).till.name == "T09"


def test_what_show_prints_reads_back_to_the_same_settings(tmp_path: Path) -> None:
    first = load(
        written(
            tmp_path, '[shop]\nname = "Le \\"Bon\\" goût\\n"\n[catalogue.headers]\nsku = ["ref"]'
        ),
        {},
    )
    again = load(written(tmp_path, show(first)), {})
    assert again == first
    assert digest(again) == digest(first)


def test_two_different_settings_have_different_digests() -> None:
    other = {**NOWHERE, "COMPTOIR__SELLING__CASH_LIMIT": "300000"}
    assert digest(load(None, NOWHERE)) != digest(load(None, other))


def test_the_first_settings_file_changes_nothing_and_uncommented_is_the_defaults(
    tmp_path: Path,
) -> None:
    file = tmp_path / "new" / "config.toml"
    init(file)
    assert load(file, {}) == load(None, NOWHERE)
    text = file.read_text("utf-8")
    assert "\n#line_discount_max_percent = 10\n" in text
    bare = [line[1:] if line[:1] == "#" and line[1:2] != " " else line for line in text.split("\n")]
    assert tomllib.loads("\n".join(bare)) == tomllib.loads(DEFAULTS.read_text("utf-8"))


def test_a_settings_file_is_never_written_over(tmp_path: Path) -> None:
    file = written(tmp_path, "")
    with pytest.raises(Refusal, match="exists already"):
        init(file)
    assert file.read_text("utf-8") == ""


def test_the_files_of_a_till_follow_its_home_and_its_settings_file_can_lie_elsewhere() -> None:
    found = places({"COMPTOIR_HOME": "/srv/till", "COMPTOIR_CONFIG": "/etc/comptoir.toml"})
    assert found.config == Path("/etc/comptoir.toml")
    assert found.data == Path("/srv/till/data")
    assert found.log == Path("/srv/till/log")


def test_without_a_home_the_system_says_where_files_go() -> None:
    found = places({})
    assert found.config.parts[-2:] == ("comptoir", "config.toml")
    assert "comptoir" in found.data.parts


def test_a_key_is_put_into_a_section_and_every_other_line_stays(tmp_path: Path) -> None:
    file = tmp_path / "comptoir.toml"
    before = (
        "# mine\n[devices]\nscanners = [\n  # the left one\n"
        '  { name = "left", url = "/dev/ttyACM0" },\n]\n# after\n[sounds]\nrefused = true\n'
    )
    file.write_text(before.replace("/dev/ttyACM0", "pty:///dev/ttyACM0"))
    put(file, "devices", {"scanners": [{"name": "right", "url": "evdev:///dev/input/x"}]})
    assert file.read_text() == (
        '# mine\n[devices]\nscanners = [{ name = "right", url = "evdev:///dev/input/x" }]\n'
        "# after\n[sounds]\nrefused = true\n"
    )
    put(file, "devices.printer", {"url": "tcp://192.0.2.7", "profile": "epson-80"})
    assert load(file, {}).devices.printer.url == "tcp://192.0.2.7"
    whole = file.read_text()
    with pytest.raises(Refusal):
        put(file, "devices.printer", {"url": "nowhere"})
    assert file.read_text() == whole
    file.write_text("[devices]\nscanners = [\n")
    with pytest.raises(Refusal, match="not written as TOML"):
        put(file, "devices", {"scanners": []})
    assert file.read_text() == "[devices]\nscanners = [\n"
