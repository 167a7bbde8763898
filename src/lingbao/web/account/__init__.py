"""The worker's pages: sign in, enrol, pay, look up, prove, transfer, claim, complain; phone first, without JavaScript."""
