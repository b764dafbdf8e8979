"""Names of the demo company: made up, put together from these words."""

FIRST = ("Ada", "Bruno", "Clara", "Dario", "Elin", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Kaya", "Liv", "Mira",
         "Noah", "Oona", "Pavel", "Quin", "Rosa", "Sami", "Tilda", "Una", "Viktor", "Wanda", "Yuna",
         "Zeno")  # fmt: skip
LAST = ("Ahlberg", "Brandt", "Castellan", "Dorn", "Ekman", "Falk", "Grau", "Holm", "Ibsen", "Jansen", "Keller",
        "Lindgren", "Marek", "Norden", "Olsen", "Prager", "Quast", "Rahn", "Sommer", "Thorsen", "Ulrich", "Vester",
        "Winter", "Zander")  # fmt: skip
CHINESE = ("晨光", "远山", "海澜", "青禾", "云帆", "星河", "北斗", "金桥", "松鹤", "碧波")
CHINESE_TRADES = ("贸易有限公司", "五金有限公司", "家居有限公司", "科技有限公司")
PLACES = ("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Iris", "Juniper", "Kestrel",
          "Lantern", "Meadow", "North", "Orchard", "Pine", "Quarry", "River", "Stone", "Thistle", "Umber", "Valley",
          "Willow", "Yarrow")  # fmt: skip
TRADES = ("Studio", "Works", "Interiors", "Supply", "Trading", "Workshop", "Homes", "Hotels", "Offices", "Market",
          "Design", "Partners", "Logistics")  # fmt: skip
SUFFIXES = {"DE": "GmbH", "NL": "B.V.", "FR": "SARL", "AT": "GmbH", "SE": "AB"}
CITIES = {"DE": "Hafenstadt", "NL": "Oostdijk", "FR": "Belleroche", "AT": "Tannberg", "SE": "Norrvik"}
MATERIALS = ("Oak", "Walnut", "Steel", "Linen", "Ash", "Cork", "Glass", "Wool", "Bamboo", "Copper")
THINGS = {
    "Furniture": ("desk", "shelf", "stool", "bench"),
    "Lighting": ("lamp", "pendant", "floor light"),
    "Storage": ("box", "rack", "cabinet"),
    "Accessories": ("tray", "coat hook"),
}
SOURCES = ("Website", "Trade fair", "Referral", "Newsletter", "Phone")
TASKS = ("Call about the quotation", "Send the catalogue", "Agree on a delivery date", "Ask for feedback",
         "Prepare the yearly review", "Check the credit limit")  # fmt: skip
