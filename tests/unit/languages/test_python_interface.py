from textwrap import dedent

from deepcode.languages import language_of

PYTHON = language_of("a.py")


def signatures(source: str, path: str = "a.py") -> dict[str, str]:
    found = PYTHON.interface(path, dedent(source))
    return {symbol.name: symbol.signature for symbol in found.symbols}


def test_functions_and_methods_keep_their_exact_signatures() -> None:
    found = signatures("""
        async def load(path: str, /, *rest: int, limit: int | None = 3, **more) -> list[str]:
            return []

        class Reader(Base, metaclass=Meta):
            def __init__(self, size: int = 4): ...
            def __enter__(self) -> "Reader": return self
            @property
            def name(self) -> str: return ""
            @name.setter
            def name(self, value: str) -> None: ...
            @staticmethod
            def of(text): ...
            def _hidden(self): ...
        """)

    assert found == {
        "load": (
            "async def load(path: str, /, *rest: int, limit: int | None=3, **more) -> list[str]"
        ),
        "Reader": "class Reader(Base, metaclass=Meta)",
        "Reader.__init__": "def __init__(self, size: int=4)",
        "Reader.__enter__": "def __enter__(self) -> 'Reader'",
        "Reader.name": "@property\ndef name(self) -> str",
        "Reader.of": "@staticmethod\ndef of(text)",
    }


def test_a_class_shows_fields_members_and_instance_attributes() -> None:
    found = signatures("""
        @dataclass(frozen=True)
        class Point:
            x: int
            _y: int = 0

        class Colour(Enum):
            RED = 1
            BLUE = "b"

        class Model:
            def __init__(self, size: int, rate=0.1):
                self.size = size
                self.rate: float = rate
                self._state = None
                if size:
                    self.a, self.b = 1, 2
        """)

    assert found["Point"] == "@dataclass(frozen=True)\nclass Point:\n    x: int\n    _y: int = 0"
    assert found["Colour"] == "class Colour(Enum):\n    RED = 1\n    BLUE = 'b'"
    assert found["Model"] == ("class Model:\n    # attributes: size: int, rate: float, a, b")


def test_overloads_give_way_to_the_implementation() -> None:
    found = signatures("""
        @overload
        def get(key: str) -> str: ...
        @overload
        def get(key: int) -> int: ...
        def get(key): return key
        """)

    assert found == {"get": "def get(key)"}


def test_constants_types_and_conditional_definitions_are_seen() -> None:
    source = dedent("""
        # Longest wait.
        LIMIT: int = 3
        Path = dict[str, int]
        UserId = NewType("UserId", str)
        A, B = 1, 2
        _private = 1
        try:
            from fast import run
        except ImportError:
            def run(): return 1
        """)

    symbols = {each.name: each for each in PYTHON.interface("a.py", source).symbols}

    assert {name: each.kind for name, each in symbols.items()} == {
        "LIMIT": "constant",
        "Path": "type",
        "UserId": "type",
        "A": "constant",
        "B": "constant",
        "run": "function",
    }
    assert symbols["LIMIT"].summary == "Longest wait."


def test_a_package_offers_what_it_takes_from_its_own_modules() -> None:
    source = "import os\nfrom .core import Reader, read as load\nfrom pkg.more import LIMIT\n"

    assert list(signatures(source, "src/pkg/__init__.py")) == ["Reader", "load", "LIMIT"]
    assert list(signatures(source, "src/pkg/other.py")) == ["load"]


def test_all_makes_private_names_and_imports_public() -> None:
    found = signatures("""
        from other import tool
        __all__ = ["tool"]
        __all__ += ["_inner"]
        def _inner(): return 1
        """)

    assert list(found) == ["tool", "_inner"]


def test_imports_are_listed_with_their_guards() -> None:
    source = dedent("""
        import a, b.c
        from . import d
        from ..e import f as g
        try:
            import fast
        except ModuleNotFoundError:
            fast = None
        if TYPE_CHECKING:
            from types_only import T
        else:
            import real
        def later():
            import lazy
        """)

    imports = PYTHON.interface("p/q/x.py", source).imports

    assert [(each.module, each.names, each.guarded) for each in imports] == [
        ("a", (), False),
        ("b.c", (), False),
        (".", ("d",), False),
        ("..e", ("f",), False),
        ("fast", (), True),
        ("types_only", ("T",), True),
        ("real", (), False),
        ("lazy", (), False),
    ]


def test_text_that_does_not_parse_has_an_empty_interface() -> None:
    for source in ("def f(:", "x = '\0'", "(" * 5000, "-" * 200_000 + "1"):
        assert PYTHON.interface("a.py", source).symbols == ()


def test_the_source_of_a_symbol_holds_its_decorators() -> None:
    source = dedent("""\
        LIMIT = (
            3
        )
        class A:
            @property
            def x(self):
                return 1
            @x.setter
            def x(self, value):
                pass
        """)

    assert PYTHON.source_of(source, "LIMIT") == "LIMIT = (\n    3\n)"
    assert PYTHON.source_of(source, "A.x") == "    @property\n    def x(self):\n        return 1"
    assert PYTHON.source_of(source, "A.y") is None
    assert PYTHON.source_of("def f(:", "f") is None
