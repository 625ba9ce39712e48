"""The conversation: form + draft + input in, new draft + replies out. Pure; tests/test_house.py holds the line."""
