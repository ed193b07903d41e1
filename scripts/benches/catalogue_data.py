"""A catalogue of any size for the benches, its names put together from words written for it."""

from __future__ import annotations

import hashlib
import os
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pos.domain.catalogue import VatRate, VatTable
from pos.domain.catalogue_import import ImportRules
from pos.store import catalogue_tables
from pos.store.catalogue_tables import create_catalogue_schema
from pos.store.catalogue_writer import StoredCatalogueWriter
from pos.store.engine import open_engine
from pos.till.catalogue import import_catalogue

SEED = 20_261_122


def _listed(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("|")]


KINDS = _listed("""
    Abricots secs | Amandes grillées | Anchois marinés | Andouillette | Artichauts | Baguette |
    Bananes | Barre de céréales | Beurre | Bière blonde | Biscottes | Biscuits | Bœuf bourguignon
    | Boisson | Bonbons | Boulgour | Brie | Brioche | Brochettes | Café moulu | Camembert |
    Cassoulet | Céréales | Champignons | Chips | Chocolat | Choucroute | Cidre | Clémentines |
    Cœurs de palmier | Compote | Concentré de tomates | Confiture | Conserve | Cookies |
    Coquillettes | Cornichons | Courgettes | Crackers | Crème fraîche | Crêpes | Croissants |
    Cuisses de poulet | Dattes | Dentifrice | Desserts | Eau minérale | Endives | Épinards |
    Escalopes | Faisselle | Farine | Fèves | Filets de maquereau | Flageolets | Flocons | Foie de
    morue | Fromage blanc | Galettes | Gâteau | Gaufres | Gel douche | Gnocchis | Gratin |
    Haricots verts | Houmous | Huile d'olive | Huîtres | Infusion | Jambon | Jus | Ketchup | Kiwis
    | Lait | Lardons | Lasagnes | Légumes | Lentilles | Lessive | Limonade | Macédoine |
    Madeleines | Maïs | Mayonnaise | Melon | Merguez | Miel | Moutarde | Muesli | Navets |
    Noisettes | Nouilles | Œufs | Olives | Omelette | Oranges | Pain | Palets | Papier essuie-tout
    | Pâté | Pâtes | Petits pois | Pizza | Poêlée | Poires | Poivre | Pommes | Potage | Poulet |
    Purée | Quiche | Quinoa | Radis | Raisins | Ratatouille | Ravioles | Rillettes | Riz | Rôti |
    Sablés | Salade | Sardines | Sauce | Saucisson | Saumon | Savon | Sel | Semoule | Shampooing |
    Sirop | Sorbet | Soupe | Spaghetti | Sucre | Taboulé | Tarte | Terrine | Thé | Thon | Tisane |
    Tomates | Truite | Vermicelles | Vinaigre | Yaourt
""")
MANNERS = _listed("""
    à l'ancienne | au four | bio | campagnard | croquant | cuit | d'hiver | de saison | de nos
    régions | doux | du terroir | extra | fermier | fondant | fort | frais | fumé | fin | gourmand
    | grand cru | grillé | léger | maison | mi-sel | moelleux | mûri | nature | naturel | parfumé
    | paysan | pur | rustique | sans sucre | sans sel | salé | sec | sélection | surgelé | tendre
    | traditionnel | vapeur | végétal | velouté | vieilli
""")
FLAVOURS = _listed("""
    abricot | ail | airelle | amande | ananas | aneth | banane | basilic | betterave | cacao |
    café | cannelle | caramel | cardamome | carotte | cassis | céleri | cèpes | cerise | châtaigne
    | chèvre | chocolat | ciboulette | citron | coco | coing | comté | coriandre | courge | cumin
    | curcuma | curry | échalote | épices | estragon | fenouil | figue | fleur d'oranger | fraise
    | framboise | gingembre | girofle | goyave | griotte | groseille | laurier | lavande |
    mandarine | mangue | marron | melon | menthe | miel | mirabelle | mûre | myrtille | noisette |
    noix | oignon | olive | orange | origan | pamplemousse | paprika | pêche | persil | piment |
    pistache | poire | poireau | pomme | potiron | praliné | prune | quetsche | raisin | réglisse
    | rhubarbe | romarin | rose | safran | sarrasin | sauge | sésame | thym | tomate | truffe |
    vanille | verveine | violette
""")
SYLLABLES = _listed("""
    ba | be | bo | ca | co | da | do | fa | fi | ga | go | la | li | lo | ma | mi | mo | na | no |
    pa | pi | ra | ro | sa | ta | to | va | vi | zo
""")
SIZES = _listed("""
    100 g | 125 g | 150 g | 200 g | 250 g | 330 ml | 400 g | 4 x 100 g | 500 g | 50 cl | 6 x 33 cl
    | 75 cl | 1 kg | 1 L
""")


def rules() -> ImportRules:
    """Return the import rules of the benches: one VAT code, UTC, no other default."""
    table = VatTable({"FR055": (VatRate(550, datetime(2014, 1, 1, tzinfo=UTC).date()),)}, {})
    return ImportRules(vat=table, now=datetime(2026, 11, 22, tzinfo=UTC), zone=UTC)


def barcode(number: int) -> str:
    """Return the EAN-13 number `number` of a range that only this bench uses."""
    body = f"30{number:010d}"
    total = sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))
    return f"{body}{-total % 10}"


def rows(n: int) -> Iterator[tuple[str, str, str]]:
    """Yield n articles (EAN-13, name, price), always the same ones for the same n."""
    chance = random.Random(SEED)
    houses = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(40_000)]
    for number in range(1, n + 1):
        parts = [chance.choice(KINDS)]
        if chance.random() < 0.7:
            parts.append(chance.choice(MANNERS))
        if chance.random() < 0.8:
            parts.append(chance.choice(FLAVOURS))
        if chance.random() < 0.6:
            parts.append(chance.choice(houses).capitalize())
        if chance.random() < 0.6:
            parts.append(chance.choice(SIZES))
        yield barcode(number), " ".join(parts), f"{chance.randint(10, 9999) / 100:.2f}"


def lines(n: int) -> Iterator[bytes]:
    """Yield the same articles as the lines of a CSV file."""
    yield b"barcode;name;price;vat\n"
    for code, name, price in rows(n):
        yield f"{code};{name};{price};FR055\n".encode()


def million(path: Path, n: int = 1_000_000) -> None:
    """Make `path` a new till file that holds a catalogue of n articles, and nothing else."""
    engine = open_engine(path)
    with engine.begin() as connection:
        create_catalogue_schema(connection)
    import_catalogue(lines(n), "csv", rules(), StoredCatalogueWriter(engine))
    with engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def prepared(n: int = 1_000_000) -> Path:
    """Return a file made by `million`, kept in the temporary folder between runs.

    Its name carries the schema and n; copy it before writing into it.
    """
    shape = Path(catalogue_tables.__file__).read_bytes() + Path(__file__).read_bytes()
    mark = hashlib.sha256(shape).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"comptoir-bench-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    done = folder / f"catalogue-{n}-{mark}.sqlite"
    if not done.exists():
        draft = done.with_suffix(f".{os.getpid()}")
        million(draft, n)
        draft.replace(done)
    return done
