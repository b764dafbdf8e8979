"""How numbers are written where Django's own choice for a language is not what its accountants use."""
