"""Texts, papers, packs and signatures."""
