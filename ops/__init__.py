"""Day-two commands of the platform's operators: ``python -m ops``."""
