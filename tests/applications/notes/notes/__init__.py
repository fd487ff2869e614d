NOTE = "first"
