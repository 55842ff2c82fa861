"""`python -m relnet` and the `relnet` command."""

from relnet.cli.main import main

if __name__ == "__main__":
    main()
