"""Names of the demo company: made up, put together from these words."""

FIRST = ("Ada", "Bruno", "Clara", "Dario", "Elin", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Liv", "Mira",
         "Noah", "Oona", "Pavel", "Quin", "Rosa", "Sami", "Tilda", "Una", "Viktor", "Wanda", "Yuna",
         "Zeno")  # fmt: skip
LAST = ("Ahlberg", "Brandt", "Castellan", "Dorn", "Ekman", "Falk", "Grau", "Holm", "Ibsen", "Jansen", "Keller",
        "Lindgren", "Marek", "Norden", "Olsen", "Prager", "Quast", "Rahn", "Sommer", "Thorsen", "Ulrich", "Vester",
        "Winter", "Zander")  # fmt: skip
JOBS = ("Buyer", "Office manager", "Owner", "Interior architect", "Facility manager", "Head of purchasing")
CHINESE = ("晨光", "远山", "海澜", "青禾", "云帆", "星河", "北斗", "金桥", "松鹤", "碧波")
CHINESE_TRADES = ("贸易有限公司", "五金有限公司", "家居有限公司", "科技有限公司")
PLACES = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper", "Kestrel",
          "Lantern", "Meadow", "North", "Orchard", "Pine", "Quarry", "River", "Stone", "Thistle", "Umber", "Valley",
          "Willow", "Yarrow")  # fmt: skip
TRADES = ("Studio", "Works", "Interiors", "Supply", "Trading", "Workshop", "Homes", "Hotels", "Offices", "Market",
          "Design", "Partners", "Logistics")  # fmt: skip
SUFFIXES = {"DE": "GmbH", "NL": "B.V.", "FR": "SARL", "AT": "GmbH", "SE": "AB"}
STREETS = ("Lindenweg", "Harbour Road", "Mill Lane", "Kirchplatz", "Station Square", "Gartenstraße", "Quai Neuf",
           "Am Markt", "Long Street", "Bergweg")  # fmt: skip
CITIES = {
    "DE": (("Hafenstadt", "20999"), ("Lindenau am See", "88999"), ("Bergheide", "34999")),
    "NL": (("Oostdijk", "1999 AB"), ("Westerzand", "4999 CD")),
    "FR": (("Belleroche", "69999"), ("Port-Clair", "29999")),
    "AT": (("Tannberg", "5999"), ("Mühlau", "6999")),
    "SE": (("Norrvik", "999 10"), ("Östersjö", "999 20")),
    "CN": (("海港市", "399999"),),
}
MATERIALS = ("Oak", "Walnut", "Steel", "Linen", "Ash", "Cork", "Glass", "Wool", "Bamboo", "Copper")
THINGS = {
    "Furniture": ("desk", "shelf", "stool", "bench"),
    "Lighting": ("table lamp", "pendant lamp", "floor lamp"),
    "Storage": ("box", "rack", "cabinet"),
    "Accessories": ("tray", "coat hook"),
}
CODES = {"Furniture": "FUR", "Lighting": "LIG", "Storage": "STO", "Accessories": "ACC"}
# What one of them costs us, from and to.
COSTS = {"Furniture": (180, 620), "Lighting": (90, 340), "Storage": (60, 480), "Accessories": (25, 110)}
SOURCES = ("Website", "Trade fair", "Referral", "Newsletter", "Phone")
WISHES = ("We furnish a new office for twenty people and look for a partner.", "Please send your catalogue.",
          "Do you deliver to our hotel within four weeks?", "We saw your lamps at the fair and want a sample.",
          "Looking for shelves for three shops.", "What does a meeting room cost, all in all?")  # fmt: skip
PLURALS = {"shelf": "shelves", "bench": "benches", "box": "boxes"}
OCCASIONS = ("{things} for the new office", "yearly order of {things}", "{things} for the showroom",
             "replacement of old {things}", "{things} for a project")  # fmt: skip
CALLS = ("Asked for the delivery time", "Talked about the price", "Wants a sample first", "Decides next month")
MEETINGS = ("Visit at the showroom", "Walked through the new rooms", "Presentation of the collection")
MAILS = ("Sent the catalogue", "Plan of the rooms received", "Sent references")
REFERENCES = ("PO", "Order", "Project")
CARRIERS = ("Northline Freight", "Blue Van Parcel", "Own van")
COMPLAINTS = ("Damaged in transit", "Wrong colour", "Ordered too many", "Scratch on the surface")


def plural(thing: str) -> str:
    """Several of a thing that we sell."""
    return PLURALS.get(thing, f"{thing}s")
