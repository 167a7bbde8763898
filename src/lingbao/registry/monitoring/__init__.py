"""Who joined, pays, is late, stopped, came back or left, where and why, as payments land (C7, N6, C2)."""
