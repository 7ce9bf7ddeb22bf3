"""Fleets: what members show for exactly one day.

``law`` says who may see what, and puts it into every statement; ``strip`` tells Spaces of it; ``reading`` answers
Plaza's own pages; ``posting`` writes; ``pictures`` keeps the files and gives out addresses that die with the fleet.
"""
