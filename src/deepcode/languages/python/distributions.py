"""Import names and the distributions that provide them, where the two differ.

Only what people import often; a name that is not here is taken to be provided by the distribution
of the same name (compared as PEP 503 normalises names).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# import name, possibly dotted → distributions that provide it, the usual one first
_PROVIDERS = {
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "Bio": ("biopython",),
    "cairo": ("pycairo",),
    "clip": ("openai-clip", "clip"),
    "Crypto": ("pycryptodome", "pycrypto"),
    "Cryptodome": ("pycryptodomex",),
    "cv2": (
        "opencv-python",
        "opencv-python-headless",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
    ),
    "dateutil": ("python-dateutil",),
    "discord": ("discord-py",),
    "django_filters": ("django-filter",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "faiss": ("faiss-cpu", "faiss-gpu"),
    "fitz": ("pymupdf",),
    "flask_cors": ("flask-cors",),
    "git": ("gitpython",),
    "github": ("pygithub",),
    "google.cloud.storage": ("google-cloud-storage",),
    "google.generativeai": ("google-generativeai",),
    "google.genai": ("google-genai",),
    "google.protobuf": ("protobuf",),
    "grpc": ("grpcio",),
    "gym": ("gym",),
    "haystack": ("haystack-ai", "farm-haystack"),
    "igraph": ("igraph", "python-igraph"),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "kafka": ("kafka-python",),
    "ldap": ("python-ldap",),
    "levenshtein": ("levenshtein",),
    "magic": ("python-magic",),
    "markdown_it": ("markdown-it-py",),
    "mpl_toolkits": ("matplotlib",),
    "msgpack": ("msgpack", "msgpack-python"),
    "multipart": ("python-multipart",),
    "mysql": ("mysql-connector-python",),
    "MySQLdb": ("mysqlclient",),
    "nacl": ("pynacl",),
    "OpenGL": ("pyopengl",),
    "OpenSSL": ("pyopenssl",),
    "osgeo": ("gdal",),
    "pandas_datareader": ("pandas-datareader",),
    "PIL": ("pillow", "pillow-simd"),
    "pkg_resources": ("setuptools",),
    "pptx": ("python-pptx",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "PyQt5": ("pyqt5",),
    "pylab": ("matplotlib",),
    "pythonjsonlogger": ("python-json-logger",),
    "pytorch_lightning": ("pytorch-lightning", "lightning"),
    "pywt": ("pywavelets",),
    "rest_framework": ("djangorestframework",),
    "corsheaders": ("django-cors-headers",),
    "ruamel.yaml": ("ruamel-yaml",),
    "sentence_transformers": ("sentence-transformers",),
    "serial": ("pyserial",),
    "shapefile": ("pyshp",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "skopt": ("scikit-optimize",),
    "slugify": ("python-slugify",),
    "socketio": ("python-socketio",),
    "engineio": ("python-engineio",),
    "sksurv": ("scikit-survival",),
    "speech_recognition": ("speechrecognition",),
    "telegram": ("python-telegram-bot",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-macos", "tf-nightly"),
    "keras": ("keras", "tensorflow"),
    "torch_geometric": ("torch-geometric",),
    "umap": ("umap-learn",),
    "usb": ("pyusb",),
    "websocket": ("websocket-client",),
    "win32api": ("pywin32",),
    "wx": ("wxpython",),
    "Xlib": ("python-xlib",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}

# distribution → import names that come with it by its own promise, although another distribution
# provides them; their use without a declaration works
_COMPANIONS = {
    "fastapi": ("starlette", "pydantic", "typing_extensions"),
    "pydantic": ("pydantic_core", "typing_extensions", "annotated_types"),
    "flask": ("werkzeug", "jinja2", "click", "markupsafe", "itsdangerous"),
    "pandas": ("numpy", "dateutil"),
    "scikit-learn": ("numpy", "scipy", "joblib", "threadpoolctl"),
    "scipy": ("numpy",),
    "matplotlib": ("numpy",),
    "torch": ("numpy", "typing_extensions"),
    "torchvision": ("torch", "numpy", "PIL"),
    "jax": ("numpy", "scipy", "jaxlib"),
    "tensorflow": ("numpy", "keras", "h5py", "tensorboard"),
    "transformers": ("numpy", "tokenizers", "huggingface_hub", "safetensors", "yaml", "regex"),
    "requests": ("urllib3", "certifi", "idna", "charset_normalizer"),
    "httpx": ("httpcore", "anyio", "certifi", "idna"),
    "starlette": ("anyio",),
    "pytest": ("_pytest", "pluggy", "iniconfig"),
    "setuptools": ("pkg_resources", "distutils"),
    "sqlmodel": ("sqlalchemy", "pydantic"),
    "typer": ("click", "rich"),
}

# Editions of one distribution that provide the same imports.
_VARIANT = re.compile("-(?:slim|cpu|gpu|binary|headless|nightly|lite|base|cu1[0-9]+)$")

# Distributions that do their work without being imported: servers, drivers, test runners, types.
_NEVER_IMPORTED = re.compile(
    r"pytest(-.*)?|uvicorn|gunicorn|hypercorn|waitress|coverage|tox|nox|ruff|black|isort|flake8"
    r"|mypy|pyright|ty|pre-commit|types-.*|.*-stubs|python-multipart|psycopg2?(-binary)?|asyncpg"
    r"|aiosqlite|pymysql|mysqlclient|openpyxl|xlrd|xlsxwriter|pyarrow|fastparquet|tables|lxml"
    r"|html5lib|email-validator|uvloop|httptools|ipykernel|jupyter.*|notebook|wheel|setuptools|pip"
    r"|build|twine|hatchling|accelerate|sentencepiece|protobuf|kaleido|tzdata|itsdangerous|h5py"
    r"|greenlet|bcrypt|tabulate|colorama|jinja2|ninja|triton|einops-.*|httpx|whitenoise"
)


def normalised(distribution: str) -> str:
    """A distribution's name as PEP 503 compares it: lower case, runs of `-_.` as one `-`."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def requirement_name(requirement: str) -> str:
    """The normalised name in a requirement line, extras, version and marker left out.

    Returns:
        The name; empty for a line that names none (an option, a bare URL, a path).
    """
    text = requirement.strip()
    if match := re.match(r"(?:-e\s+)?\S*#egg=([A-Za-z0-9][\w.-]*)", text):
        return normalised(match[1])
    match = re.match(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[\[<>=!~;@(,#\s])", text)
    return normalised(match[1]) if match else ""


def providers(module: str) -> tuple[str, ...]:
    """Distributions, normalised, that may provide an import, the likeliest first.

    Args:
        module: Absolute dotted name: `yaml`, `google.cloud.storage`.
    """
    parts = module.split(".")
    found: list[str] = []
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        found += _PROVIDERS.get(prefix, ())
    found.append(normalised(parts[0]))
    # `google.cloud.x` and other shared name spaces: the distribution repeats the dotted name
    found += [normalised(".".join(parts[:length])) for length in range(2, min(len(parts), 4) + 1)]
    return tuple(dict.fromkeys(found))


def provides(distributions: Sequence[str], module: str) -> bool:
    """Whether one of some distributions, normalised, provides an import itself."""
    declared = {*distributions, *(_VARIANT.sub("", each) for each in distributions)}
    return not declared.isdisjoint(providers(module))


def accompanies(distributions: Sequence[str], module: str) -> str:
    """The distribution that brings an import along without being it; empty for none."""
    head = module.split(".")[0]
    return next((each for each in distributions if head in _COMPANIONS.get(each, ())), "")


def is_imported(distribution: str) -> bool:
    """Whether a distribution is of use only when something imports it."""
    return not _NEVER_IMPORTED.fullmatch(distribution)
