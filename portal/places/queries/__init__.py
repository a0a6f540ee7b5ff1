"""What is known of places, for pages and for other nouns. A query takes as many statements for many rows as for one."""

from portal.places.queries.areas import (
    Levels,
    Neighbourhood,
    area_by_any_slug,
    area_by_slug,
    areas_with_pages,
    in_being,
    is_offered,
    levels,
    neighbourhoods,
    served_authorities,
)
from portal.places.queries.box import find_places
from portal.places.queries.nesting import Lineage, children, forces_by_area, lineage, parents, predecessors, successors
from portal.places.queries.people import Population, population

__all__ = [
    "Levels",
    "Lineage",
    "Neighbourhood",
    "Population",
    "area_by_any_slug",
    "area_by_slug",
    "areas_with_pages",
    "children",
    "find_places",
    "forces_by_area",
    "in_being",
    "is_offered",
    "levels",
    "lineage",
    "neighbourhoods",
    "parents",
    "population",
    "predecessors",
    "served_authorities",
    "successors",
]
