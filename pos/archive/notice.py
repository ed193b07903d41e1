"""The notice of an archive, in French: BOI-TVA-DECLA-30-10-30 § 220 to 260 wants one.

Whoever reads it has the archive and nothing else: it says what each file and each column is, how
each hash and signature is made, to the byte, and how to check them.
"""

from __future__ import annotations

import textwrap

from pos.archive.rows import BOM, Row
from pos.archive.tables import TABLES

WIDTH = 96

FILES = {
    "tickets.csv": "un ticket par ligne : vente, retour, échange ou annulation, écoles comprises",
    "tickets_lignes.csv": "les lignes des tickets",
    "tickets_tva.csv": "la TVA des tickets, taux par taux",
    "paiements.csv": "les règlements des tickets",
    "grands_totaux.csv": "les cumuls signés après chaque ticket et chaque clôture",
    "clotures.csv": "les clôtures de jour, de mois et d'exercice",
    "jet.csv": "le journal des événements techniques",
    "duplicatas.csv": "les copies comptées de tickets et de clôtures",
    "archives.csv": "les archives faites avant celle-ci et dans sa période",
    "caisse.csv": "les services de caisse : fonds, entrées, sorties, comptages, tiroir",
}
"""What each derived file holds."""

CELLS = {
    "ordinal": "rang de l'écriture dans le fichier de la caisse, à partir de 1, sans trou",
    "store": "magasin",
    "till": "caisse",
    "epoch": "époque du fichier de la caisse ; une restauration en ouvre une autre",
    "number": "numéro de l'écriture dans son époque, à partir de 1, sans trou",
    "kind": "nature de l'écriture",
    "version": "version de la forme du corps",
    "at": "instant, en temps universel (UTC)",
    "previous": "empreinte de l'écriture précédente, en hexadécimal",
    "hash": "empreinte de l'écriture, en hexadécimal",
    "signature": "signature Ed25519 de l'empreinte (64 octets), en hexadécimal",
    "key_id": "nom de la clé : 16 premiers chiffres du SHA-256 de la clé publique",
    "body": "corps de l'écriture : JSON canonique (RFC 8785)",
}
"""The columns of journal.csv."""

COLUMNS = {
    "accord": "qui a accepté l'écart, si c'est une autre personne",
    "annulations": "nombre de tickets d'annulation",
    "arrondi": "arrondi des espèces, hors du total des ventes",
    "article": "référence de l'article",
    "attendu": "montant attendu dans le tiroir",
    "avant": "combien d'écritures plus haut se trouve celle dont il s'agit (1 : juste avant)",
    "brut_ttc": "quantité × prix, avant toute remise",
    "caisse": "nom de la caisse",
    "chaine": "chaîne fiscale : ticket, ou training pour l'école",
    "cle": "nom de la clé qui signe",
    "cloture": "numéro de la clôture : Z jour, M mois, Y exercice",
    "code": "code-barres de l'article",
    "code_jet": "code de l'événement technique",
    "copie": "rang de la copie",
    "cumul_exercice": "cumul depuis l'ouverture de l'exercice",
    "cumul_perpetuel": "cumul depuis la première utilisation, jamais remis à zéro",
    "cumul_perpetuel_absolu": "le même, des valeurs absolues",
    "date": "instant, en temps universel (UTC)",
    "depuis": "début de la période (UTC)",
    "dernier_jour": "dernière journée archivée",
    "dernier_ticket": "dernier ticket de la période",
    "derniere_ecriture": "nom de la dernière écriture archivée",
    "devise": "devise du ticket",
    "document": "numéro du ticket, de la clôture ou du mouvement",
    "ecart": "compté moins attendu",
    "ecole": "oui : ticket factice d'apprentissage, hors de tout total",
    "ecotaxe": "éco-participation comprise dans le prix",
    "ecriture": "nom de l'écriture du journal : magasin-caisse-époque/numéro",
    "ecritures": "nombre d'écritures archivées",
    "en_banque": "montant retiré du tiroir à la fin du service",
    "essai": "rang du comptage",
    "fuseau": "fuseau horaire du magasin",
    "jour": "journée commerciale",
    "laisse": "montant laissé dans le tiroir",
    "libelle": "libellé de l'article",
    "ligne": "rang de la ligne dans le ticket",
    "ligne_rendue": "ligne du ticket d'origine qui est rendue",
    "logiciel": "logiciel et version",
    "montant": "montant",
    "motif": "motif saisi",
    "motif_remise": "motif de la remise",
    "motif_retour": "motif du retour",
    "mouvement": "drop : vers le coffre ; paid_in : entrée ; paid_out : sortie ; ou la cause d'une"
    " ouverture (sale : vente, no_sale : sans vente, forced : sans ordre de la caisse,"
    " found_open : trouvé ouvert au démarrage)",
    "moyen": "moyen de paiement",
    "nature": "nature de l'écriture du journal",
    "niveau": "day jour, month mois, year exercice ; vide pour un ticket",
    "numero": "numéro de l'enregistrement dans sa chaîne fiscale",
    "objet": "document, ou nature de l'écriture dont il s'agit",
    "operateur": "référence de la personne, jamais son nom",
    "operation": "sale vente, refund retour, exchange échange, void annulation d'un ticket",
    "papier": "TICKET ou CLOTURE",
    "par": "numéro de qui a clôturé",
    "part_remise_ticket": "part de la ligne dans la remise du ticket",
    "periode": "2026-11-22, 2026-11, ou l'année où finit l'exercice",
    "personne": "référence de la personne, jamais son nom",
    "premier_jour": "première journée archivée",
    "premier_ticket": "premier ticket de la période",
    "premiere_ecriture": "nom de la première écriture archivée",
    "prix_catalogue": "prix du catalogue, si une personne l'a changé",
    "prix_ttc": "prix unitaire TTC",
    "quantite": "quantité, négative quand la ligne rend",
    "rang": "rang du règlement dans le ticket, ou de la clôture dans son niveau",
    "rattrapee": "oui : journée oubliée, clôturée d'office",
    "rayon": "rayon",
    "reference": "référence du règlement",
    "remis": "montant remis ; la différence avec le montant a été rendue",
    "remise": "remise",
    "rendu": "monnaie rendue",
    "rendu_ttc": "total TTC des lignes rendues, négatif",
    "retours": "nombre de retours et d'échanges",
    "service": "service de caisse",
    "sha256": "SHA-256 du fichier de l'archive",
    "signature": "signature Ed25519 du texte signé, en base64url sans « = »",
    "taux_tva": "taux de TVA, en pour cent",
    "texte_signe": "texte signé, voir plus bas",
    "ticket": "numéro du ticket",
    "ticket_origine": "ticket d'origine d'un remboursement",
    "ticket_rendu": "ticket d'origine de la ligne rendue",
    "tickets": "nombre de tickets",
    "tiroir": "tiroir",
    "total_ht": "total hors taxes",
    "total_ttc": "total TTC",
    "ttc": "total TTC",
    "ht": "total hors taxes",
    "tva": "TVA",
    "unite": "unité de la quantité : piece, kg…",
    "vendeur": "numéro de qui a vendu",
    "vendu_ttc": "total TTC des lignes vendues",
    "version_fiscale": "version du module fiscal",
}
"""What each column of a derived file is."""

BEFORE = """\
NOTICE DE L'ARCHIVE DE CAISSE

Cette archive contient toutes les écritures d'une caisse entre deux clôtures de journée,
telles qu'elles ont été écrites. Elle répond à la condition d'archivage de l'article 286, I,
3° bis du code général des impôts (BOI-TVA-DECLA-30-10-30, § 220 à 260). Elle se lit et se
vérifie sans le logiciel qui l'a faite.

1. VÉRIFIER L'ARCHIVE

Il faut Python 3.9 ou plus récent et sa bibliothèque « cryptography » (pip install cryptography) :

    python verifier.py ARCHIVE.zip --key CLÉ

CLÉ est la clé publique de la caisse, 64 chiffres hexadécimaux, demandée à l'entreprise ou lue
sur la caisse même (comptoir journal key). Sans --key, l'archive est vérifiée avec la clé
qu'elle contient, ce que le vérificateur dit : cela trouve tout accident, mais pas une archive
refaite de bout en bout avec une autre clé. Prenez de préférence verifier.py ailleurs que dans
l'archive à vérifier ; c'est un texte, qui peut se lire. Il nomme le premier enregistrement
modifié, supprimé, ajouté, déplacé ou coupé, par son écriture et son document, puis continue.
Il finit avec le code 0 si tout est juste, 1 sinon, 2 si la commande est mal écrite, et 3 si tout
est juste mais que nul n'a donné de clé avec --key : cela ne prouve pas de qui vient l'archive.

2. LES FICHIERS

Les fichiers CSV sont en UTF-8 avec marque d'ordre (EF BB BF) ; point-virgule entre les
cellules, CR LF à la fin des lignes, noms des colonnes en première ligne. Une cellule qui
contient « ; » ou un guillemet est entre guillemets, et ses guillemets sont doublés. Une
cellule vide veut dire : sans objet.

Montants : dans la devise du ticket, deux décimales après une virgule ; négatifs quand
l'argent ou la marchandise revient. Quantités : trois décimales (pièces ou kilogrammes).
Taux : en pour cent. Un texte saisi qui commence par = + - @ ou une tabulation est précédé
d'une apostrophe, pour qu'aucun tableur n'y voie une formule ; un saut de ligne y devient une
espace.

journal.csv fait seul foi. Les autres fichiers CSV en sont tirés ligne par ligne pour être
lus ; le vérificateur les refait et les compare.
"""

AFTER = """\
MANIFEST.json : le SHA-256, la taille et le nombre de lignes de chaque fichier ; la première
et la dernière écriture ; ce qui précède (before : rang, nom et empreinte de l'écriture
d'avant, niveaux clôturés à cet endroit) ; les journées ; le premier et le dernier
enregistrement de chaque chaîne fiscale (numéro et signature) ; les totaux, en centimes (vat :
TTC, HT et TVA par taux en points de base) ; les SIRET et numéros de TVA que disent les
tickets ; les logiciels et versions ; les clés publiques de la caisse.

MANIFEST.sig : signature Ed25519 (64 octets) des octets de MANIFEST.json par la clé de la caisse.

verifier.py : le vérificateur, en un fichier. notice.fr.txt : cette notice.

3. LE JOURNAL, À L'OCTET

Une écriture est nommée magasin-caisse-époque/numéro, le numéro sur six chiffres au moins.
L'empreinte (hash) est le SHA-256 de neuf parties mises bout à bout, chacune précédée de sa
longueur en octets, sur 4 octets, poids fort en premier :

    empreinte précédente (32 octets), store, till, epoch, number, kind, version, at, body

les huit dernières en UTF-8, comme elles sont dans journal.csv (le corps sans les guillemets
de la cellule, et ses guillemets non doublés). La première écriture de toutes suit 32 octets
nuls. La signature est celle des 32 octets de l'empreinte. Une époque nouvelle (epoch.opened)
recommence à 1 et suit la dernière écriture du fichier : le journal est une seule chaîne.

4. LES ENREGISTREMENTS FISCAUX, À L'OCTET

Un enregistrement se trouve dans le corps d'une écriture :

    ticket, training            fiscal de sale.finished
    gt_ticket                   grand_total de sale.finished
    gt_day, gt_month, gt_year   fiscal de period.closed
    archive                     fiscal de archive.made
    duplicate, jet              records de fiscal.signed

Chaque chaîne appartient à une caisse et à son époque (T01-K1) et recommence à 1 avec
l'époque ; les cumuls perpétuels ne recommencent jamais. number est le numéro précédent plus
un ; previous est la signature précédente de la même chaîne, vide pour la première. La
signature Ed25519 est celle des octets UTF-8 du texte signé (payload), écrite en base64url
sans « = » ; l'extrait imprimé est fait de ses caractères 3, 7, 13 et 19. Le texte signé est
fait de champs séparés par des virgules :

    ticket, training   vat,total,at,till,number,type,lines_sha256,chained,previous
    gt_*               vat,total,period,perpetual,perpetual_abs,at,level:key,number,chained,previous
    duplicate          till,number,paper,copy,operator,at,original_till,original_number,chained,
                       previous
    jet                number,code,info_sha256,at,operator,till,chained,previous
    archive            vat,total,at,till,days,file_sha256,chained,previous

vat : taux:TTC pour chaque taux, le plus haut d'abord, séparés par « | », taux en points de
base sur quatre chiffres au moins, montants en centimes (2000:1200|0550:211). at :
AAAAMMJJHHMMSS, heure locale du magasin. till : caisse-époque. chained : Y s'il y a un
enregistrement avant, N sinon. type : VENTE, RETOUR, ECHANGE ou ANNULATION. lines_sha256 :
SHA-256, en hexadécimal, du JSON canonique (clés triées, sans espaces, UTF-8) de ce que le
corps contient de : lines, tenders, ticket_discount, voided, returned_tenders, change,
rounding, label, operation, running, shift. level:key : ticket et son numéro, day, month ou
year et sa période. code : le code de l'événement technique, ou son nom quand aucun n'est
connu. info_sha256 : SHA-256 du corps de l'écriture dont il s'agit, ou du JSON canonique de la
ligne rendue (190), supprimée (line.voided) ou au prix changé (price.changed). days : première
et dernière journée. Dans les champs de texte, « % » est écrit %25 et « , » %2C.

fiscal.signed suit, dans la même transaction, les écritures dont il s'agit ; back dit combien
d'écritures avant lui.

5. CE QUI EST VÉRIFIÉ

La signature du manifeste et le SHA-256 de chaque fichier ; l'empreinte, le chaînage, le
numéro et la signature de chaque écriture ; le numéro, le chaînage, le texte et la signature
de chaque enregistrement fiscal, et qu'aucun ne manque ; que chaque cumul perpétuel est le
précédent plus le total du document ; que chaque journée est la somme de ses tickets, chaque
mois celle de ses journées, chaque exercice celle de ses mois ; chaque ligne des fichiers
tirés du journal ; l'emballage ZIP.

Un mois ou un exercice commencé avant l'archive ne peut être additionné ; le vérificateur le
dit. Les quelques bits qui complètent le dernier octet d'un fichier comprimé ne veulent rien
dire et seul le SHA-256 de l'archive entière, inscrit dans le journal quand elle est faite,
les couvre. Qui détient la clé privée de la caisse peut écrire une autre histoire : ce qui a
été gardé ailleurs, une archive précédente ou une clôture imprimée, la dément.
"""


def notice() -> bytes:
    """Return the notice as it lies in an archive: UTF-8 with its mark, CRLF."""
    listed = [_listed("journal.csv", "toutes les écritures, telles quelles", CELLS, Row._fields)]
    listed += [_listed(name, FILES[name], COLUMNS, table.headers) for name, table in TABLES.items()]
    text = "\n".join((BEFORE, *listed, AFTER))
    return BOM + text.replace("\n", "\r\n").encode()


def _listed(name: str, said: str, cells: dict[str, str], headers: tuple[str, ...]) -> str:
    """Return what a file and each of its columns is."""
    lines = textwrap.wrap(f"{name} : {said}", WIDTH)
    for header in headers:
        lines += textwrap.wrap(
            f"{header:<22}  {cells[header]}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent=" " * 28,
        )
    return "\n".join((*lines, ""))
