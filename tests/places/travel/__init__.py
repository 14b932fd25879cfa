"""Tests of travel times."""
