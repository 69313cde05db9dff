"""The filter is run by a small interpreter of BPF, so that each rule is seen to answer."""

import struct

import pytest

from deepcode.errors import SandboxError
from deepcode.sandbox.seccomp import build_filter

ALLOW, KILL, EPERM, ENOSYS, NOTHING = 0x7FFF0000, 0x80000000, 0x50001, 0x50026, 0x50000
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def answer(program: bytes, number: int, *arguments: int, architecture: int) -> int:
    filled = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    call = struct.pack("<IIQ6Q", number, architecture, 0, *filled)
    steps = list(struct.iter_unpack("<HBBI", program))
    at, accumulator = 0, 0
    while True:
        code, skip_true, skip_false, value = steps[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            accumulator = struct.unpack_from("<I", call, value)[0]
            continue
        tests = {
            0x15: accumulator == value,
            0x35: accumulator >= value,
            0x45: bool(accumulator & value),
        }
        at += skip_true if tests[code] else skip_false


@pytest.mark.parametrize(
    ("name", "x86_64", "aarch64", "arguments", "expected"),
    [
        ("read", 0, 63, (), ALLOW),
        ("execve", 59, 221, (), ALLOW),
        ("ptrace", 101, 117, (), EPERM),
        ("unshare", 272, 97, (), EPERM),
        ("io_uring_setup", 425, 425, (), EPERM),
        ("clone3", 435, 435, (), ENOSYS),
        ("clone for a thread", 56, 220, (0x3D0F00,), ALLOW),
        ("clone with a user namespace", 56, 220, (0x10000011,), EPERM),
        ("ioctl TCGETS", 16, 29, (0, 0x5401), ALLOW),
        ("ioctl TIOCSTI", 16, 29, (0, 0x5412), EPERM),
        ("ioctl TIOCSTI with high bits", 16, 29, (0, 0x1_0000_5412), EPERM),
        ("ioctl TIOCLINUX", 16, 29, (0, 0x541C), EPERM),
        ("socket AF_UNIX", 41, 198, (1,), ALLOW),
        ("socket AF_INET6", 41, 198, (10,), ALLOW),
        ("socket AF_VSOCK", 41, 198, (40,), EPERM),
        ("socket AF_ALG", 41, 198, (38,), EPERM),
        ("fchmodat", 268, 53, (), ALLOW),
    ],
)
def test_each_call_is_answered_as_the_table_says(
    name: str, x86_64: int, aarch64: int, arguments: tuple[int, ...], expected: int
) -> None:
    for machine, number in (("x86_64", x86_64), ("aarch64", aarch64)):
        program = build_filter(machine)
        got = answer(program, number, *arguments, architecture=ARCHITECTURE[machine])
        assert got == expected, (name, machine)


@pytest.mark.parametrize(
    ("name", "number", "arguments", "expected"),
    [
        ("socket AF_UNIX", 41, (1,), EPERM),
        ("socket AF_INET", 41, (2,), EPERM),
        ("socketpair", 53, (1,), ALLOW),
        ("shmget", 29, (), EPERM),
        ("chmod", 90, (), NOTHING),
        ("utimensat", 280, (), NOTHING),
        ("prlimit of itself", 302, (0,), ALLOW),
        ("prlimit of another", 302, (1234,), EPERM),
    ],
)
def test_a_program_that_shares_the_host_is_kept_from_more(
    name: str, number: int, arguments: tuple[int, ...], expected: int
) -> None:
    program = build_filter("x86_64", shared_host=True)
    assert answer(program, number, *arguments, architecture=0xC000003E) == expected, name


def test_another_architecture_and_the_x32_calls_end_the_program() -> None:
    program = build_filter("x86_64")
    assert answer(program, 0, architecture=0x40000003) == KILL
    assert answer(program, 0x40000000, architecture=0xC000003E) == KILL


def test_an_unknown_processor_is_refused_in_one_sentence() -> None:
    with pytest.raises(SandboxError, match="riscv64"):
        build_filter("riscv64")
