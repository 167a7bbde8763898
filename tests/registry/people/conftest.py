"""Makes the helpers of the neighbouring tests importable."""

import sys
from pathlib import Path

HERE = Path(__file__).parent.parent
sys.path[:0] = [str(HERE), str(HERE / "transfers")]
