//! Names of people who do not exist, by where such names come from, so that
//! search meets the letters and spellings that it meets at a real counter.

/// Names that go together.
pub(super) struct Origin {
    /// Given names, women's and men's.
    pub(super) given: &'static str,
    /// Family names.
    pub(super) family: &'static str,
    /// Languages to be addressed in, with weights.
    pub(super) languages: &'static [(u64, &'static str)],
}

const MOSTLY_NB: &[(u64, &str)] = &[(78, "nb"), (22, "en")];

/// Every origin with its weight among those who come to the offices.
pub(super) const ORIGINS: &[(u64, Origin)] = &[
    (560, NORWEGIAN),
    (35, SWEDISH),
    (25, SAMI),
    (55, SOMALI),
    (80, ARABIC),
    (35, KURDISH),
    (65, POLISH),
    (25, VIETNAMESE),
    (55, UKRAINIAN),
    (30, ERITREAN),
    (35, PERSIAN),
];

const NORWEGIAN: Origin = Origin {
    given: "Anne Inger Kari Marit Ingrid Liv Eva Anna Maria Ida Hilde Berit Nina Marianne \
        Elisabeth Kristin Bente Heidi Silje Hanne Linda Tone Gerd Wenche Elin Solveig Tove \
        Randi Emma Nora Julie Ellen Astrid Camilla Ingeborg Åse Bjørg Karin Turid Ragnhild \
        Thea Sofie Sara Mari Guro Gunn Siri Synnøve Øydis Målfrid Jorunn Vigdis Dagny Frøydis \
        Jan Per Bjørn Ole Lars Kjell Knut Svein Arne Thomas Hans Geir Tor Morten Terje Odd \
        Erik Martin Andreas John Anders Rune Trond Tore Daniel Jon Kristian Tom Harald Olav \
        Gunnar Fredrik Magnus Henrik Kristoffer Jonas Rolf Leif Stian Espen Øyvind Håkon Pål \
        Sindre Torbjørn Eirik Sigurd Vegard Aslak Ståle Tormod Einar Audun Bård Gaute Njål \
        Christian Christina Aase Haakon Karl Carl Katrine Cathrine Philip Filip Sæbjørn Tøger",
    family: "Hansen Johansen Olsen Larsen Andersen Pedersen Nilsen Kristiansen Jensen Karlsen \
        Johnsen Pettersen Eriksen Berg Haugen Hagen Johannessen Andreassen Jacobsen Dahl \
        Jørgensen Halvorsen Henriksen Lund Sørensen Jakobsen Moen Gundersen Iversen Strand \
        Solberg Svendsen Eide Knutsen Martinsen Paulsen Bakken Kristoffersen Mathisen Lie \
        Amundsen Nguyen-Berg Rasmussen Lunde Solheim Moe Bakke Berge Nygård Fredriksen Holm \
        Lien Hauge Christensen Andresen Nielsen Knudsen Evensen Sæther Aas Hanssen Myhre \
        Haugland Thomassen Simonsen Sivertsen Danielsen Berntsen Sandvik Rønning Arnesen Næss \
        Antonsen Haug Vik Ellingsen Thorsen Edvardsen Birkeland Isaksen Gulbrandsen Ruud Aasen \
        Strøm Myklebust Tangen Ødegård Eliassen Helland Bøe Jenssen Aune Mikkelsen Tveit \
        Brekke Abrahamsen Madsen Bråten Skogstad Hegstad Vollan Leira Kvam Bjerkan Fossum \
        Tiller Sjåstad Brækken Gjøvik Ørjavik Åsheim Ånestad Grønning Stølen Færøy",
    languages: &[(90, "nb"), (10, "nn")],
};

const SWEDISH: Origin = Origin {
    given: "Linnéa Ebba Elsa Annika Birgitta Ulrika Åsa Märta Karolina Görel Mats Göran \
        Björn Håkan Mattias Fredrik Jörgen Åke Oskar Linus Rasmus Emelie",
    family: "Lundgren Bergström Sjöberg Nyström Lindqvist Engström Öberg Åkesson Sandström \
        Hedlund Wikström Söderberg Nordin Björklund Ström Ekholm Lindström Häggström Malmö",
    languages: &[(60, "sv"), (40, "nb")],
};

const SAMI: Origin = Origin {
    given: "Ánte Máret Elle Sárá Inga Biret Risten Ravdna Láilá Ánne Áile Káren Áslat Mihkkal \
        Niillas Jovnna Ovllá Ánde Mikkel Aslak Nils-Ante Ellen-Marit Čiekŋal Ingá",
    family: "Gaup Utsi Eira Bongo Sara Balto Hætta Triumf Buljo Turi Somby Skum Guttorm Oskal \
        Pulk Valkeapää Kemi Sokki Anti Partapuoli Nutti",
    languages: &[(100, "nb")],
};

const SOMALI: Origin = Origin {
    given: "Hodan Amina Fadumo Sahra Ayaan Hibo Ifrah Khadra Nasteexo Ubax Xaawo Yasmin \
        Abdi Mahad Yusuf Abdirahman Liban Guled Warsame Jamaal Cabdi Faarax Bashir Mohamed",
    family: "Osman Jama Nur Warsame Hassan Abdi Mohamud Farah Hersi Duale Egal Gedi Isse \
        Yusuf Ali Adan Barre Elmi Shire Samatar Cige",
    languages: MOSTLY_NB,
};

const ARABIC: Origin = Origin {
    given: "Nour Layla Fatima Rania Hanan Maryam Dima Salma Huda Samira Abeer Ghada Omar \
        Hassan Ahmad Khaled Mahmoud Yasser Tariq Bilal Karim Samir Mustafa Ibrahim Anas Zaid",
    family: "Saleh Aziz Mansour Haddad Khalil Al-Hassan Al-Masri Hamdan Nasser Khoury Darwish \
        Sabbagh Al-Jabri Shami Qasim Rahman Najjar Awad Zaidan Ismail Abbas",
    languages: MOSTLY_NB,
};

const KURDISH: Origin = Origin {
    given: "Berivan Rojin Shilan Hêvî Zîlan Dilan Avin Nermin Baran Azad Rêbaz Dilşad Serhat \
        Hêmin Karwan Rizgar Soran Welat Jiyan Şêrko",
    family: "Karimi Rostami Barzani Şahin Demir Yıldız Çelik Aydın Kaya Doğan Hawrami Zebari \
        Ahmedi Mahmûd Bakir Öztürk Kurdistani Salih",
    languages: MOSTLY_NB,
};

const POLISH: Origin = Origin {
    given: "Agnieszka Magdalena Katarzyna Małgorzata Anna Joanna Ewa Zofia Beata Grażyna Łucja \
        Piotr Paweł Marek Tomasz Krzysztof Andrzej Michał Łukasz Grzegorz Jakub Wojciech \
        Stanisław Rafał",
    family: "Kowalska Nowak Wiśniewski Wójcik Kamińska Lewandowski Zieliński Szymański Woźniak \
        Dąbrowski Kozłowska Jankowski Mazur Krawczyk Piotrowski Grabowska Pawłowski Michalski \
        Król Wróbel",
    languages: &[(65, "nb"), (35, "en")],
};

const VIETNAMESE: Origin = Origin {
    given: "Anh Linh Hương Mai Lan Thảo Ngọc Thùy Phương Hạnh Minh Quang Tuấn Dũng Hùng Nam \
        Bảo Đức Khoa Sơn",
    family: "Nguyễn Trần Lê Phạm Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nguyen Tran",
    languages: MOSTLY_NB,
};

const UKRAINIAN: Origin = Origin {
    given: "Oksana Iryna Olena Natalia Svitlana Tetiana Yuliia Kateryna Halyna Nadiia Andrii \
        Oleksandr Serhii Volodymyr Mykola Ivan Dmytro Bohdan Taras Vasyl Yurii",
    family: "Kovalenko Bondar Shevchenko Tkachenko Kravchenko Boiko Melnyk Oliinyk Lysenko \
        Marchenko Rudenko Savchenko Petrenko Moroz Hrytsenko Klymenko Zakharchenko Ponomarenko",
    languages: &[(50, "nb"), (50, "en")],
};

const ERITREAN: Origin = Origin {
    given: "Rahel Selam Helen Feven Luwam Saba Winta Tsegay Filmon Yonas Samuel Dawit \
        Tesfalem Kidane Mehari Biniam Abel Semere",
    family: "Haile Tesfay Gebremedhin Woldu Ghebre Habte Kidane Tekle Abraha Berhe Mebrahtu \
        Weldemichael Asfaha Negash",
    languages: MOSTLY_NB,
};

const PERSIAN: Origin = Origin {
    given: "Nasrin Reza Shirin Parisa Mina Zahra Leila Maryam Farid Hamid Mehdi Navid Omid \
        Hossein Siavash Jawad Zohra Najib Farzana",
    family: "Ahmadi Hosseini Mohammadi Rahimi Karimi Sharifi Amiri Noori Haidari Rezai Azizi \
        Moradi Tehrani Jafari Sultani",
    languages: MOSTLY_NB,
};

/// Given names that often come second.
pub(super) const SECOND: &[&str] = &[
    "Marie",
    "Johan",
    "Kristine",
    "Andreas",
    "Louise",
    "Aleksander",
    "Helene",
    "Magnus",
    "Maria",
    "Olav",
    "Sofie",
    "Martin",
    "Therese",
    "Emil",
    "Ali",
    "Christine",
];

/// Streets; the house number comes after.
pub(super) const STREETS: &[&str] = &[
    "Bakkegata",
    "Bjørkeveien",
    "Granlia",
    "Elvegata",
    "Kirkeveien",
    "Skolegata",
    "Fjordgata",
    "Solsvingen",
    "Åsvegen",
    "Lindealleen",
    "Storgata",
    "Prestegårdsjordet",
    "Tunvegen",
    "Kvernhusvegen",
    "Øvre Bakklandet",
    "Nedre Allé",
    "Sjøgata",
    "Rosenborgveien",
    "Myrvegen",
    "Plogvegen",
    "Havneveien",
    "Furulia",
    "Nordre gate",
    "Søndre gate",
    "Tårnveien",
    "Hammerstien",
    "Ringveien",
    "Blåklokkeveien",
    "Ærfuglstien",
    "Dalsvingen",
    "Torvmyra",
    "Sætervegen",
    "Møllebakken",
    "Parkveien",
    "Vestre Kanalkai",
    "Kongens vei",
    "Lokesvei",
    "Odins vei",
    "Frøyas vei",
    "Bregnestien",
    "Hasselveien",
    "Teglverksveien",
    "Jernbanegata",
];

/// First parts of the names of made-up towns.
pub(super) const TOWN_HEADS: &[&str] = &[
    "Fjord", "Gran", "Stein", "Elve", "Sol", "Nord", "Kvern", "Lang", "Bjørk", "Hav", "Rogn",
    "Lyng", "Myr", "Sand", "Tind", "Å",
];

/// Last parts of the names of made-up towns.
pub(super) const TOWN_TAILS: &[&str] =
    &["vik", "nes", "dal", "berg", "heim", "sund", "bygd", "stad", "rud", "ås", "mo"];
