"""What is made: frozen values that phases hand on. No input or output here."""
