"""Fills the slots of the contacts' pages: the briefing's button and panel."""
