"""`python -m lstm_lib.bench`: where only torch and NumPy are installed, on a GPU machine say."""

import sys

from lstm_lib.bench.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
