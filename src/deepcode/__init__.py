"""DeepCode turns a document into a repository that runs."""

__version__ = "0.1.0"
