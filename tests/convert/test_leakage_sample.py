from pathlib import Path

import numpy as np
import pytest

from dermsplit_contract.errors import DataInvalid, UsageError
from dermsplit_convert.bench.judged import split_hash
from dermsplit_convert.leakage.coding import Wanted, parse_wanted
from dermsplit_convert.leakage.people import read_people
from dermsplit_convert.leakage.sample import Photos, read_sample

from . import leaking


def test_no_lesion_is_learned_from_and_judged_on(tmp_path: Path) -> None:
    rows = leaking.split_rows()
    sample = read_sample(leaking.write_rows(tmp_path / "split.csv", rows), split_hash(rows), 110)
    learn, held_out, test = (set(part.groups.tolist()) for part in sample.parts)
    assert len(learn | held_out | test) == len(learn) + len(held_out) + len(test)
    assert (len(sample.learn) + len(sample.held_out), len(sample.held_out), len(sample.test)) == (110, 16, 22)
    assert sample.everything.images[-22:] == sample.test.images
    assert {row["part"] for row in rows if row["image"] in sample.test.images} == {"test"}


def test_small_data_sets_are_drawn_first(tmp_path: Path) -> None:
    rows = leaking.split_rows()
    rows += [{**row, "image": f"b/{row['image']}", "data_set": "Other"} for row in rows[:20]]
    sample = read_sample(leaking.write_rows(tmp_path / "split.csv", rows), split_hash(rows), 120)
    drawn = np.concatenate([part.data_sets for part in sample.parts[:2]])
    assert (drawn == "Other").sum() == 20
    assert (drawn == "Drawn").sum() == 100


def test_splits_that_cannot_be_used_are_refused(tmp_path: Path) -> None:
    rows, path = leaking.split_rows(), tmp_path / "split.csv"
    sha = split_hash(rows)
    with pytest.raises(DataInvalid, match="found no such file"):
        read_sample(path, sha, 120)
    leaking.write_rows(path, [{name: row[name] for name in row if name != "group"} for row in rows])
    with pytest.raises(DataInvalid, match="no column 'group'"):
        read_sample(path, sha, 120)
    leaking.write_rows(path, rows)
    with pytest.raises(UsageError, match="Give the run that the bundle was made of"):
        read_sample(path, "0" * 64, 120)
    with pytest.raises(DataInvalid, match="at least 100 training images to train a decoder, found 50"):
        read_sample(path, sha, 50)
    leaking.write_rows(path, [{**row, "group": "one"} for row in rows])
    with pytest.raises(DataInvalid, match=r"1 lesions or patients .* in both the train and the test part"):
        read_sample(path, sha, 120)
    leaking.write_rows(path, rows[: leaking.TRAINING + 4])
    with pytest.raises(DataInvalid, match="at least 10 test images, found 4"):
        read_sample(path, split_hash(rows[: leaking.TRAINING + 4]), 120)


def test_people_are_read_from_the_tables_of_the_data_sets(tmp_path: Path) -> None:
    for folder in ("ham10000", "pad_ufes_20"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ham10000" / "HAM10000_metadata.csv").write_text(
        "lesion_id,image_id,dx,dx_type,age,sex,localization\n"
        "L1,ISIC_1,nv,histo,80.0,male,Back\nL2,ISIC_2,nv,histo,,unknown,unknown\n"
    )
    (tmp_path / "pad_ufes_20" / "metadata.csv").write_text(
        "file,age,gender,region,fitspatrick\nPAT_1.jpg,39,FEMALE,FACE,2.0\n"
    )
    images = ["ham10000/x/ISIC_1.jpg", "ham10000/x/ISIC_2.jpg", "pad_ufes_20/images/PAT_1.jpg", "else/ISIC_1.jpg"]
    sets = np.array(["HAM10000", "HAM10000", "PAD-UFES-20", "Else"])
    assert read_people(tmp_path, Photos(images, sets, sets)) == {
        ("HAM10000", "sex"): ["male", "", "", ""],
        ("HAM10000", "age"): ["80+", "", "", ""],
        ("HAM10000", "site"): ["back", "", "", ""],
        ("PAD-UFES-20", "sex"): ["", "", "female", ""],
        ("PAD-UFES-20", "age"): ["", "", "20-39", ""],
        ("PAD-UFES-20", "site"): ["", "", "face", ""],
        ("PAD-UFES-20", "skin_type"): ["", "", "2", ""],
    }
    assert read_people(tmp_path / "nowhere", Photos(images, sets, sets)) == {}


def test_cuts_are_asked_for_as_layer_and_levels() -> None:
    assert parse_wanted("block_6:16") == Wanted("block_6", 16)
    assert parse_wanted("a:b:FP32") == Wanted("a:b", None)
    for wrong in ("block_6", "block_6:", "block_6:7", ":16"):
        with pytest.raises(UsageError, match="Expected --cut as LAYER:LEVELS"):
            parse_wanted(wrong)
