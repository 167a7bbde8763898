"""What the law says: parameters as data, rules as small scalar functions, and the three ways to run them."""
