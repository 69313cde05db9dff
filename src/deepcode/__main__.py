"""`python -m deepcode` is the same door as the `deepcode` command."""

from deepcode.cli import main

if __name__ == "__main__":
    main()
