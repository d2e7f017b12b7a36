"""The relations of ConceptNet, as a closed vocabulary: what it does not have is noise.

Its heads are concepts and not behaviors, so they stay apart from the commonsense relations of the
shop, even where the names are alike. https://github.com/commonsense/conceptnet5/wiki/Relations
"""

from __future__ import annotations

from collections.abc import Mapping

from graph_schema.relations import Relation

#: id: label, phrase.
_PHRASES: Mapping[str, tuple[str, str]] = {
    "AtLocation": ("at location", "is found at"),
    "CapableOf": ("capable of", "can"),
    "Causes": ("causes", "causes"),
    "CausesDesire": ("causes desire", "makes one want to"),
    "CreatedBy": ("created by", "is created by"),
    "DefinedAs": ("defined as", "is defined as"),
    "DerivedFrom": ("derived from", "is derived from"),
    "DesireOf": ("desire of", "is a desire of"),
    "Desires": ("desires", "wants"),
    "Entails": ("entails", "entails"),
    "EtymologicallyDerivedFrom": ("etymologically derived from", "comes from the word"),
    "ExternalURL": ("external URL", "is described at"),
    "FormOf": ("form of", "is a form of"),
    "HasA": ("has a", "has"),
    "HasContext": ("has context", "is said in the context of"),
    "HasFirstSubevent": ("has first subevent", "begins with"),
    "HasLastSubevent": ("has last subevent", "ends with"),
    "HasPrerequisite": ("has prerequisite", "needs"),
    "HasProperty": ("has property", "is"),
    "HasSubevent": ("has subevent", "includes"),
    "InheritsFrom": ("inherits from", "inherits from"),
    "InstanceOf": ("instance of", "is an instance of"),
    "IsA": ("is a", "is a"),
    "LocationOfAction": ("location of action", "takes place at"),
    "MadeOf": ("made of", "is made of"),
    "MannerOf": ("manner of", "is a way to"),
    "MotivatedByGoal": ("motivated by goal", "is done to"),
    "NotCapableOf": ("not capable of", "cannot"),
    "NotDesires": ("not desires", "does not want"),
    "NotHasA": ("not has a", "does not have"),
    "NotHasProperty": ("not has property", "is not"),
    "NotIsA": ("not is a", "is not a"),
    "NotMadeOf": ("not made of", "is not made of"),
    "NotUsedFor": ("not used for", "is not used for"),
    "ObstructedBy": ("obstructed by", "is prevented by"),
    "PartOf": ("part of", "is part of"),
    "ReceivesAction": ("receives action", "can be"),
    "SymbolOf": ("symbol of", "is a symbol of"),
    "UsedFor": ("used for", "is used for"),
    "dbpedia/capital": ("capital", "has the capital"),
    "dbpedia/field": ("field", "works in the field of"),
    "dbpedia/genre": ("genre", "is of the genre"),
    "dbpedia/genus": ("genus", "is of the genus"),
    "dbpedia/influencedBy": ("influenced by", "was influenced by"),
    "dbpedia/knownFor": ("known for", "is known for"),
    "dbpedia/language": ("language", "has the language"),
    "dbpedia/leader": ("leader", "is led by"),
    "dbpedia/occupation": ("occupation", "works as"),
    "dbpedia/product": ("product", "makes"),
}
_SYMMETRIC: Mapping[str, tuple[str, str]] = {
    "Antonym": ("antonym", "is the opposite of"),
    "DistinctFrom": ("distinct from", "is not the same as"),
    "EtymologicallyRelatedTo": ("etymologically related to", "has an origin in common with"),
    "LocatedNear": ("located near", "is found near"),
    "RelatedTo": ("related to", "is related to"),
    "SimilarTo": ("similar to", "is like"),
    "Synonym": ("synonym", "means the same as"),
}


def _relations(symmetric: bool, phrases: Mapping[str, tuple[str, str]]) -> list[Relation]:
    return [
        Relation(id, label, symmetric=symmetric, phrase=f"{{s}} {phrase} {{o}}")
        for id, (label, phrase) in phrases.items()
    ]


CONCEPTNET_RELATIONS = (*_relations(False, _PHRASES), *_relations(True, _SYMMETRIC))
