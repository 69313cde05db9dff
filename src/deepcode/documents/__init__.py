"""Documents of any known format, read, indexed, searched and quoted. No model is called here."""

from deepcode.documents.chunks import CHUNK_TOKENS
from deepcode.documents.counts import counts
from deepcode.documents.index import Index, Item, Passage, Reading
from deepcode.documents.quotes import QuoteFinder, find_quote
from deepcode.documents.read import read_documents

__all__ = [
    "CHUNK_TOKENS",
    "Index",
    "Item",
    "Passage",
    "QuoteFinder",
    "Reading",
    "counts",
    "find_quote",
    "read_documents",
]
