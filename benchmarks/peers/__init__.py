"""Other engines that run the same lives."""
