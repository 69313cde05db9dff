"""CodeRAG (paper 3.2.2): outside code where a file needs it. Laid out, not built yet."""
