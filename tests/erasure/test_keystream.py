"""The keystream: the standard's own vectors, any stretch alone, and nothing equal anywhere."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from erasure.buffers import aligned
from erasure.keystream import Keystream
from erasure.pattern import Zeros

# NIST SP 800-38A, F.5.5 (CTR-AES256): output blocks for the key and the first counters of the example.
KEY = bytes.fromhex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
COUNTER = int("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", 16)
OUTPUT = "0bdf7df1591716335e9a8b15c860c502"


def filled(stream: Keystream, offset: int, length: int) -> bytes:
    buffer = aligned(length)
    stream.fill(buffer, offset)
    return bytes(buffer)


def test_the_stream_is_aes_256_ctr_of_the_standard() -> None:
    assert filled(Keystream(KEY), COUNTER * 16, 16).hex() == OUTPUT


@pytest.mark.parametrize("offset", [0, 512, (1 << 20) - 512, 5 << 20, (1 << 41) + 4096, (16 << 32) - 512])
def test_any_stretch_is_the_same_alone_as_in_the_whole(offset: int) -> None:
    alone = filled(Keystream(KEY), offset, 600 * 1024)
    blocks = b"".join((offset // 16 + i).to_bytes(16, "big") for i in range(600 * 64))
    assert alone == Cipher(algorithms.AES(KEY), modes.ECB()).encryptor().update(blocks)


def test_no_two_sectors_are_alike() -> None:
    content = filled(Keystream(KEY), 0, 1 << 20)
    assert len({content[i : i + 512] for i in range(0, len(content), 512)}) == 2048


@pytest.mark.parametrize("place", [0, 15, 16, 17, 4095, 4096, (256 << 10) - 1, 256 << 10, (1 << 20) - 1])
@pytest.mark.parametrize("pattern", [Keystream(KEY), Zeros()], ids=["keystream", "zeros"])
def test_one_changed_bit_is_never_a_match(pattern: Keystream | Zeros, place: int) -> None:
    buffer = aligned(1 << 20)
    pattern.fill(buffer, 3 << 20)
    assert pattern.matches(buffer, 3 << 20)
    buffer[place] ^= 1
    assert not pattern.matches(buffer, 3 << 20)


@pytest.mark.parametrize("length", [512, 4096, 4608, 300 * 1024, (4 << 20) - 512])
@pytest.mark.parametrize("pattern", [Keystream(KEY), Zeros()], ids=["keystream", "zeros"])
def test_a_short_last_chunk_is_compared_to_its_last_byte(pattern: Keystream | Zeros, length: int) -> None:
    buffer = aligned(length)
    pattern.fill(buffer, 0)
    assert pattern.matches(buffer, 0)
    buffer[length - 1] ^= 0x80
    assert not pattern.matches(buffer, 0)


def test_the_stream_of_another_place_is_no_match() -> None:
    stream, buffer = Keystream(KEY), aligned(4096)
    stream.fill(buffer, 8192)
    assert not stream.matches(buffer, 4096)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Keystream(bytes(16))


def test_an_offset_within_a_cipher_block_is_refused() -> None:
    with pytest.raises(ValueError, match="cipher block"):
        Keystream(KEY).fill(aligned(512), 8)


def test_older_releases_that_want_a_larger_destination_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = filled(Keystream(KEY), 512, 300 * 1024)
    monkeypatch.setattr("erasure.keystream._EXACT", False)
    assert filled(Keystream(KEY), 512, 300 * 1024) == exact


def test_zeros_overwrite_what_was_in_the_buffer() -> None:
    buffer = aligned(5000)
    buffer[:] = b"x" * 5000
    Zeros().fill(buffer, 0)
    assert bytes(buffer) == bytes(5000)
