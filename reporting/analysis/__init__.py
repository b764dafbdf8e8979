"""Reports that add the rows of a list up by what people ask for: who, what, when."""
