"""Messages to members in plain words: templates, a queue that sends each once, gateways behind one interface (B9, N12)."""
