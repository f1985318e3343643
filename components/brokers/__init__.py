"""The broker cells: one interface, one package a broker."""
