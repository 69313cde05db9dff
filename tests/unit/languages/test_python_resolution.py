from collections.abc import Mapping

from deepcode.artifacts.check import Finding
from deepcode.languages import language_of, unused_distributions

PYTHON = language_of("a.py")


def check(files: Mapping[str, str], *declared: str) -> list[Finding]:
    modules = {path: PYTHON.interface(path, text) for path, text in files.items()}
    return [
        finding
        for path, interface in modules.items()
        for finding in PYTHON.unresolved_imports(
            path, interface, modules=modules, distributions=declared
        )
    ]


def rules(files: Mapping[str, str], *declared: str) -> list[str]:
    return [finding.rule.removeprefix("imports/") for finding in check(files, *declared)]


PACKAGE = {
    "src/pkg/__init__.py": "from .core import Reader\n",
    "src/pkg/core.py": "class Reader: x = 1\nLIMIT = 3\n",
    "src/pkg/sub/__init__.py": "",
    "src/pkg/sub/deep.py": "VALUE = 1\n",
}


def test_imports_inside_the_repository_resolve() -> None:
    user = (
        "import pkg.core, pkg.sub.deep\nfrom pkg import Reader, core, sub\n"
        "from pkg.core import LIMIT, _private\nfrom pkg.sub import deep\n"
    )
    inner = (
        "from . import deep\nfrom .deep import VALUE\nfrom .. import core\nfrom ..core import *\n"
    )

    assert check({**PACKAGE, "tests/test_a.py": user, "src/pkg/sub/x.py": inner}) == []


def test_unknown_modules_and_names_are_found_with_the_closest_ones() -> None:
    found = check({**PACKAGE, "main.py": "import pkg.cor\nfrom pkg.core import Readr\n"})

    assert [(each.line, each.rule, each.severity) for each in found] == [
        (1, "imports/unknown-module", "blocking"),
        (2, "imports/unknown-name", "blocking"),
    ]
    assert "`pkg.core`" in found[0].message
    assert "`Reader`" in found[1].message


def test_a_relative_import_may_not_leave_the_package() -> None:
    assert rules({"main.py": "from .a import b\n", "a.py": "b = 1\n"}) == ["unknown-module"]
    assert rules({**PACKAGE, "src/pkg/x.py": "from ..other import y\n"}) == ["unknown-module"]


def test_a_sibling_inside_a_package_is_not_importable_by_its_bare_name() -> None:
    assert rules({**PACKAGE, "src/pkg/x.py": "from core import LIMIT\n"}) == [
        "undeclared-dependency"
    ]
    assert rules({"scripts/run.py": "import tools\n", "scripts/tools.py": "x = 1\n"}) == []


def test_standard_library_and_declared_distributions_resolve() -> None:
    source = (
        "import os.path, yaml, sklearn.svm, cv2\nfrom google.cloud import storage\nimport torch\n"
    )
    declared = (
        "PyYAML>=6",
        "scikit_learn[all]==1.5 ; python_version > '3'",
        "opencv-python-headless",
        "google-cloud-storage~=2.0",
        "torch-cpu",
    )

    assert check({"a.py": source}, *declared) == []
    assert rules({"a.py": source}) == ["undeclared-dependency"] * 5


def test_what_another_dependency_brings_along_is_only_a_warning() -> None:
    found = check({"a.py": "import numpy\n"}, "pandas")

    assert [(each.rule, each.severity) for each in found] == [
        ("imports/undeclared-dependency", "warning")
    ]


def test_guarded_imports_are_left_alone() -> None:
    assert (
        check({"a.py": "try:\n    import nosuch\nexcept ImportError:\n    nosuch = None\n"}) == []
    )


def test_names_of_an_open_module_cannot_be_judged() -> None:
    files = {
        "a.py": "from b import anything\nfrom c import more\n",
        "b.py": "from os.path import *\n",
        "c.py": "def __getattr__(name): return 1\n",
    }

    assert check(files) == []


def test_tests_may_import_pytest_without_declaring_it() -> None:
    assert check({"tests/test_a.py": "import pytest\n"}) == []
    assert rules({"pkg/a.py": "import pytest\n"}) == ["undeclared-dependency"]


def test_unused_distributions_follow_from_the_imports() -> None:
    files = {"pkg/__init__.py": "", "pkg/a.py": "import yaml, json, pkg\nfrom PIL import Image\n"}
    interfaces = {path: PYTHON.interface(path, text) for path, text in files.items()}

    unused = unused_distributions(interfaces, ["PyYAML", "requests", "uvicorn", "pillow-cpu"])
    assert [(each.rule, each.severity) for each in unused] == [
        ("imports/unused-dependency", "warning")
    ]
    assert "`requests`" in unused[0].message
