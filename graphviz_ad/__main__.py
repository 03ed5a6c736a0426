"""`python -m graphviz_ad` is the command `graphviz-ad`."""

import sys

from graphviz_ad.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
