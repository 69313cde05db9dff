"""A seccomp filter, written out as BPF without any library: which system calls are refused.

Above: `bubblewrap.py` and `landlock.py`, which load it into the program they start. Below: nothing.
All is allowed but what is listed: doors into the kernel that no scientific program uses, new
namespaces, and socket families that no network namespace covers (vsock reaches the hypervisor).

Source: linux/filter.h, linux/seccomp.h; numbers from the kernel's system call tables.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from deepcode.errors import SandboxError

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Name: (x86_64, aarch64); -1 where the architecture has no such call.
_NUMBERS = {
    # looking into or steering other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # mounts and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # keys, tracing, asynchronous rings
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    # the machine itself
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    "lookup_dcookie": (212, 18),
    "vmsplice": (278, 75),
    "iopl": (172, -1),
    "ioperm": (173, -1),
    "modify_ldt": (154, -1),
    "personality": (135, 92),
}

# Where no IPC namespace separates the program from the host's shared memory and queues.
_SHARED_IPC = {
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}

# Landlock does not stop a change of mode, owner, times or attributes of a file outside. Refusing
# these calls breaks `shutil.copy`, so they do nothing and report success.
_ATTRIBUTES = {
    "chmod": (90, -1),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, -1),
    "lchown": (94, -1),
    "fchownat": (260, 54),
    "utime": (132, -1),
    "utimes": (235, -1),
    "futimesat": (261, -1),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
}

_CLONE, _CLONE3 = (56, 220), (435, 435)
_IOCTL, _SOCKET, _PRLIMIT = (16, 29), (41, 198), (302, 261)
_X32_BIT = 0x40000000

# CLONE_NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
_NAMESPACE_FLAGS = 0x7E020000
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16

_EPERM, _ENOSYS = 1, 38
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16


def build_filter(machine: str, *, shared_host: bool = False) -> bytes:
    """A BPF program for `seccomp(2)` or `bwrap --seccomp`.

    Args:
        machine: `x86_64` or `aarch64`, as `platform.machine()` says.
        shared_host: Whether the program shares network, IPC and file system with the host, so
            that the filter alone must keep it from sockets, shared memory and file attributes.

    Returns:
        8 bytes an instruction, at most 4096 instructions.

    Raises:
        SandboxError: There is no table for this architecture.
    """
    if machine not in _ARCHITECTURES:
        message = f"there is no system call filter for `{machine}` processors"
        raise SandboxError(message, hint="Run it on x86_64 or aarch64.")
    column = list(_ARCHITECTURES).index(machine)
    program = [
        _op(_LOAD, _ARCHITECTURE_AT),
        _op(_EQUAL, _ARCHITECTURES[machine], skip_true=1),
        _op(_RETURN, _KILL),
        _op(_LOAD, _NUMBER_AT),
    ]
    if machine == "x86_64":
        program += [_op(_AT_LEAST, _X32_BIT, skip_false=1), _op(_RETURN, _KILL)]
    program += _refuse(_column(_NUMBERS, column), _EPERM)
    # glibc falls back to clone, whose flags a filter can see, unlike those of clone3.
    program += _refuse([_CLONE3[column]], _ENOSYS)
    program += _when(_CLONE[column], 0, [(_ANY_BIT, _NAMESPACE_FLAGS)])
    program += _when(_IOCTL[column], 1, [(_EQUAL, _TIOCSTI), (_EQUAL, _TIOCLINUX)])
    if shared_host:
        program += _refuse([_SOCKET[column], *_column(_SHARED_IPC, column)], _EPERM)
        program += _refuse(_column(_ATTRIBUTES, column), 0)
        program += _unless(_PRLIMIT[column], 0, [0])
    else:
        program += _unless(_SOCKET[column], 0, [_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK])
    return b"".join([*program, _op(_RETURN, _ALLOW)])


def _column(table: dict[str, tuple[int, int]], column: int) -> list[int]:
    return sorted(pair[column] for pair in table.values() if pair[column] >= 0)


def _op(code: int, value: int, *, skip_true: int = 0, skip_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, skip_true, skip_false, value)


def _refuse(numbers: Iterable[int], errno: int) -> list[bytes]:
    """Answer these calls with `errno`, whatever their arguments."""
    program = []
    for number in numbers:
        program += [_op(_EQUAL, number, skip_false=1), _op(_RETURN, _ERRNO | errno)]
    return program


def _when(number: int, argument: int, tests: list[tuple[int, int]]) -> list[bytes]:
    """Refuse the call when one test holds for the low 32 bits of an argument."""
    body = [_op(_LOAD, _ARGUMENTS_AT + 8 * argument)]
    for left, (code, value) in zip(range(len(tests), 0, -1), tests, strict=True):
        # From a test that holds, over the tests left and the "allow", to the refusal.
        body.append(_op(code, value, skip_true=left))
    body += [_op(_RETURN, _ALLOW), _op(_RETURN, _ERRNO | _EPERM)]
    return [_op(_EQUAL, number, skip_false=len(body)), *body]


def _unless(number: int, argument: int, values: list[int]) -> list[bytes]:
    """Refuse the call unless the low 32 bits of an argument are one of the values."""
    body = [_op(_LOAD, _ARGUMENTS_AT + 8 * argument)]
    for left, value in zip(range(len(values), 0, -1), values, strict=True):
        body.append(_op(_EQUAL, value, skip_true=left))
    body += [_op(_RETURN, _ERRNO | _EPERM), _op(_RETURN, _ALLOW)]
    return [_op(_EQUAL, number, skip_false=len(body)), *body]
