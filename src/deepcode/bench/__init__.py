"""Benchmarks, baselines and judges (paper 4). Laid out, not built yet."""
