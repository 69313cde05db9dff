"""CodeMem (paper 3.2.1): the growing repository as interfaces, never as raw history."""

from deepcode.memory.bank import MemoryBank, Recalled
from deepcode.memory.entry import remember

__all__ = ["MemoryBank", "Recalled", "remember"]
