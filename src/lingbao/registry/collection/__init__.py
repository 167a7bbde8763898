"""Collection: what is due, what was received for it, what is paid back; interest and subsidies by rule."""
