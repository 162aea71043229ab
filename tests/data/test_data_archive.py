"""Archives are read in memory, member by member; nothing hostile in them reaches the disk."""

from __future__ import annotations

import hashlib
import io
import tarfile
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_recipe import CONTENT, MEMBER, sdist, wheel

from lstm_lib.data.archive import _matcher, digest, read_members


@pytest.fixture
def archive(tmp_path):
    def write(content: bytes, name: str = "a.whl"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def test_wheel_sdist_and_zip_in_wheel(archive):
    assert read_members(archive(wheel()), MEMBER) == {MEMBER: CONTENT}
    inside = f"toydata-1.0/{MEMBER}"
    assert read_members(archive(sdist(), "a.tar.gz"), inside) == {inside: CONTENT}
    nested = archive(wheel({"data/outer.zip": wheel({"in.csv": CONTENT})}))
    assert read_members(nested, "data/outer.zip!in.csv") == {"in.csv": CONTENT}


def test_a_set_of_members_and_its_digest(archive):
    files = {"p/a/1.md": b"one", "p/b/2.md": b"two", "p/a/deep/3.md": b"no", "p/4.txt": b"no"}
    members = read_members(archive(wheel(files)), "p/*/*.md")
    assert members == {"p/a/1.md": b"one", "p/b/2.md": b"two"}
    listing = "".join(
        f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members)
    )
    assert digest(members, "p/*/*.md") == hashlib.sha256(listing.encode()).hexdigest()
    assert digest({**members, "p/a/1.md": b"One"}, "p/*/*.md") != digest(members, "p/*/*.md")


@given(st.text(alphabet="ab./+[](){}^$|-", max_size=12), st.text(alphabet="ab./+[", max_size=12))
def test_a_member_without_wildcards_matches_itself_alone(name, other):
    assert _matcher(name)(name)
    assert bool(_matcher(name)(other)) == (name == other)


@pytest.mark.parametrize("member", ["toydata/none.csv", "toydata/*.csv!x", "nothing/*"])
def test_missing_member(archive, member):
    with pytest.raises(ValueError, match=r"has no member|is broken"):
        read_members(archive(wheel()), member)


@pytest.mark.parametrize("cut", [0, 1, 100, -30])
@pytest.mark.parametrize("name, content, member", [
    ("a.whl", wheel(), MEMBER), ("a.tar.gz", sdist(), f"toydata-1.0/{MEMBER}")
])  # fmt: skip
def test_truncated_archive(archive, name, content, member, cut):
    with pytest.raises(ValueError, match=f"{name} is broken|has no member"):
        read_members(archive(content[:cut], name), member)


def test_bytes_flipped_inside_the_member(archive):
    content = bytearray(wheel({MEMBER: CONTENT}))
    content[60] ^= 0xFF
    with pytest.raises(ValueError, match="is broken"):
        read_members(archive(bytes(content)), MEMBER)


def test_hostile_names_stay_in_memory(archive, tmp_path):
    names = ["../evil.csv", "/tmp/lstm-evil.csv", "..\\evil.csv", "C:\\evil.csv"]
    path = archive(wheel(dict.fromkeys(names, b"evil")))
    before = sorted(tmp_path.rglob("*")) + sorted(tmp_path.parent.glob("evil*"))
    assert read_members(path, "../evil.csv") == {"../evil.csv": b"evil"}
    assert sorted(tmp_path.rglob("*")) + sorted(tmp_path.parent.glob("evil*")) == before


def test_a_bomb_is_refused_before_it_fills_the_memory(archive):
    bomb = archive(wheel({MEMBER: b"\0" * 30_000_000}))
    assert bomb.stat().st_size < 50_000
    tracemalloc.start()
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_members(bomb, MEMBER, limit=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
    many = archive(wheel({f"d/{i}": b"\0" * 400_000 for i in range(3)}))
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_members(many, "d/*", limit=1_000_000)


def test_links_in_a_tar_are_not_followed(archive):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        link = tarfile.TarInfo("a/x.csv")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    with pytest.raises(ValueError, match="has no member"):
        read_members(archive(buffer.getvalue(), "a.tar.gz"), "a/x.csv")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(archive):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as twice:
        twice.writestr("x", b"1")
        twice.writestr("x", b"2")
    with pytest.raises(ValueError, match="twice"):
        read_members(archive(buffer.getvalue()), "x")
