"""A card that is at fault: the message names the file, the field, and what was expected."""

import re

import pytest
from data_files import rewrite

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError, catalogue


@pytest.fixture
def card(data_copy):
    return data_copy / "digits.toml"


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("title =", "titel =", r"titel: there is no field of that name, did you mean 'title'"),
        ("rows = 5000\n", "", "rows: this field is missing"),
        ("rows = 5000", 'rows = "5000"', "rows: expected a whole number, found a text '5000'"),
        ("rows = 5000", "rows = true", "rows: expected a whole number, found true or false True"),
        ('doi = "10.1109/5.726791"', "doi = 5.7", "doi: expected a text, found a number 5.7"),
        ('doi = "10.1109/5.726791"', 'doi = " "', "doi: it is empty"),
        ("not_to_conclude = [", 'not_to_conclude = [3, "', "is no TOML"),
        ("not_to_conclude = [", "not_to_conclude = [3,", "not_to_conclude 1: expected a text"),
        ("x_test = [1000", 'x_test = ["1000"', "shape: x_test 1: expected a whole number"),
        ("[shape]", "[shapes]", r"shapes: there is no field of that name, did you mean 'shape'"),
        ("[[source]]", "[source]", "sources: expected a list, found a table"),
        ('kind = "wheel"', 'kind = "egg"', "source 1: kind: expected one of .*'deb'"),
        ('kind = "wheel"\n', "", "source 1: kind: this field is missing"),
        ("path =", "paths =", r"source 1: paths: there is no field .* did you mean 'path'"),
        ('sha256 = "e45f', 'sha256 = "E45F', "sha256: expected 64 hexadecimal digits, found 'E45F"),
        ('sha256 = "71b9', 'sha256 = "', "source 1: sha256: expected 64 hexadecimal digits"),
        ("content_sha256 =", "content =", "content: there is no field of that name"),
        ('file = "digits.npz"', 'file = "../digits.npz"', "file: expected a file name without"),
        ('file = "digits.npz"\n', "", "file: a set has one, except when an installed package"),
        ("licence_texts = [", "licence_texts = []\nrules = [", "licence_texts: it is empty"),
        ("size = 11", "size = 11.0 #", "online 1: size: expected a whole number, found a number"),
        ("[online.shape]", 'fingerprint = "nothing"\n[online.shape]',
         "online 1: fingerprint: the set's module has no function 'nothing'"),
        ("title =", 'name = "other"\ntitle =', "name: a card has no such field"),
        ("[[source]]", "[[sources]]", r"sources: a card has no such field: each stands in"),
        ("rows = 5000", "rows = 0", "rows: expected a number of rows above zero, found 0"),
    ],
)  # fmt: skip
def test_a_card_at_fault_is_explained(card, old, new, words):
    change(card, old, new)
    with pytest.raises(DataError, match=rf"{re.escape(str(card))}.*{words}"):
        DATASETS["digits"]
    with pytest.raises(DataError, match=words):
        datasets.load_digits_mnist(), datasets.card("digits")
    assert DATASETS["ecg"].rows == 108_000, "the other cards are as they were"


def test_codes_of_a_variable_are_whole_numbers(data_copy):
    path, before = data_copy / "heart_disease.toml", 'codes = { 0 = "female"'
    for key, name in (("zero", "zero"), ('"²"', "²")):
        change(path, before, before := f'codes = {{ {key} = "female"')
        with pytest.raises(DataError, match=rf"variable 2: codes: expected whole.*'{name}'"):
            datasets.load_heart_disease()


def test_a_card_that_is_not_there_or_no_text_is_explained(card):
    card.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"digits\.toml cannot be read"):
        DATASETS["digits"]
    card.unlink()
    with pytest.raises(DataError, match=r"digits\.toml is missing.*install medlearn again"):
        datasets.load_digits_mnist()
    assert "digits" in DATASETS and "nonsense" not in DATASETS
    with pytest.raises(KeyError):
        DATASETS["nonsense"]
    with pytest.raises(ValueError, match=r"no data set 'ekg'\. Did you mean 'ecg'"):
        datasets.card("ekg")


def test_a_changed_card_is_read_anew(card):
    assert DATASETS["digits"].people is None
    rewrite(card, rows=4999)
    assert DATASETS["digits"].rows == 4999


def test_line_breaks_in_a_text_are_spaces():
    for entry in DATASETS.values():
        for text in (entry.summary, entry.collected, *entry.not_to_conclude, *entry.rules):
            assert text == " ".join(text.split())


def test_what_comes_online_has_the_licence_of_its_card_unless_it_says_otherwise(card):
    [item] = DATASETS["digits"].online
    assert item.data_licence == DATASETS["digits"].data_licence == "CC BY-SA 3.0"
    assert item.licence_evidence == DATASETS["digits"].licence_evidence
    change(card, "[online.shape]", 'data_licence = "another"\n[online.shape]')
    assert DATASETS["digits"].online[0].data_licence == "another"


def test_a_licence_whose_text_is_not_there_is_demanded(data_copy):
    (data_copy / "licences" / "CC-BY-SA-3.0.txt").unlink()
    [(_, ok, message)] = datasets.verify("digits")
    assert not ok and "CC-BY-SA-3.0.txt is missing" in message and "CC BY-SA 3.0" in message
    assert datasets.verify("ecg")[0][1]


def test_every_field_is_documented():
    kinds = (catalogue.Dataset, catalogue.Artifact, catalogue.Variable, catalogue.OnlineFile)
    for kind in kinds:
        words = set(re.findall(r"\w+", re.sub(r"(?m)^ {8}.*$", "", kind.__doc__)))
        assert set(kind.__dataclass_fields__) <= words, kind
