"""Tests of hoffice, laid out like hoffice itself."""
