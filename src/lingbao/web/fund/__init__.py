"""The public page of the fund: books, flows by province, members, and the digest chain that anyone can verify."""
