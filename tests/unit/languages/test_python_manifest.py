import tomllib

from deepcode.languages import declared_dependencies, python_manifest


def test_packages_of_both_layouts_are_listed_one_by_one() -> None:
    flat = python_manifest(
        "My Project",
        requires_python=">=3.11",
        dependencies=["numpy>=2", "pyyaml"],
        scripts={"go": "pkg.cli:main"},
        paths=["pkg/__init__.py", "pkg/sub/a.py", "tests/test_a.py", "main.py", "setup.py", "R.md"],
    )
    project = tomllib.loads(flat["pyproject.toml"])

    assert project["project"]["name"] == "my-project"
    assert project["project"]["scripts"] == {"go": "pkg.cli:main"}
    assert project["tool"]["setuptools"] == {"packages": ["pkg", "pkg.sub"], "py-modules": ["main"]}
    assert flat["requirements.txt"] == "numpy>=2\npyyaml\n"

    src = python_manifest(
        "x",
        requires_python=">=3.11",
        dependencies=[],
        scripts={},
        paths=["src/pkg/a.py", "tests/conftest.py", "scripts/run.py"],
    )
    assert tomllib.loads(src["pyproject.toml"])["tool"]["setuptools"] == {
        "packages": ["pkg"],
        "py-modules": [],
        "package-dir": {"": "src"},
    }


def test_what_was_written_is_read_back() -> None:
    lines = ["numpy>=2", 'uvloop ; sys_platform == "linux"', "a\\b\x7f"]
    files = python_manifest("x", requires_python=">=3.11", dependencies=lines, scripts={}, paths=[])

    assert declared_dependencies({"pyproject.toml": files["pyproject.toml"]}) == lines


def test_every_usual_manifest_is_read_and_nothing_is_run() -> None:
    files = {
        "requirements.txt": "# tools\nnumpy>=2  # arrays\n-r other.txt\n--pre\nscipy \\\n  ==1\n",
        "requirements-dev.txt": "pytest\nnumpy>=2\nx @ git+https://h/x#egg=x\n",
        "pyproject.toml": (
            '[project]\ndependencies = ["rich"]\n[project.optional-dependencies]\na = ["attrs"]\n'
            '[tool.poetry.dependencies]\npython = "3"\nhttpx = "*"\n'
        ),
        "setup.cfg": "[options]\ninstall_requires =\n    click>=8\n    jinja2\n",
        "setup.py": (
            "R = ['flask']\nraise SystemExit\n"
            "setup(install_requires=R, extras_require={'a': ['lxml']})\n"
        ),
        "notes.txt": "pandas\n",
    }

    assert declared_dependencies(files) == [
        "numpy>=2",
        "scipy    ==1",
        "pytest",
        "x @ git+https://h/x#egg=x",
        "rich",
        "attrs",
        "httpx",
        "click>=8",
        "jinja2",
        "flask",
        "lxml",
    ]


def test_manifests_that_do_not_parse_declare_nothing() -> None:
    broken = {"pyproject.toml": "[", "setup.cfg": "x", "setup.py": "("}

    assert declared_dependencies(broken) == []
