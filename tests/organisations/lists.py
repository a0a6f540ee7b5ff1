"""Lists for the small invented land. Nobody in them exists."""

HEAD = (
    "ward,seats,id,name,party_en,email,telephone,starts_on,term_ends_on,absent_from_on,absent_until_on,covered_by,"
    "surgery_en,surgery_cy,checked_on\n"
)
COUNCILLORS = (
    HEAD
    + "Alder,2,1,Councillor Ann Example,Labour,ann@example.org,01632 960001,2022-05-09,2027-05-06,,,,"
    + "Mondays at 10:00,Dydd Llun am 10:00,2026-10-01\n"
    + "Gwern,2,2,Cynghorydd Bryn Ffug,,bryn@example.org,,2022-05-09,2027-05-06,2026-11-01,2026-12-31,1,,,2026-10-01\n"
    + "W05000002,2,3,Cled Chwedl,Local List,cled@example.org,,2022-05-09,2027-05-06,,,,,,2026-01-01\n"
    + "Birch,2,,Vacant seat,,,,,,,,,,,\n"
    + "Cedar,1,4,Dot Sample,,,,2018-05-09,2026-11-19,,,,,,2026-10-01\n"
)
"""Alder: one present, one away for whom she stands in. Birch: one present, one seat vacant. Cedar: a term that is over.
St Derw's Park: in no list.
"""
BODIES = (
    "code,kind,name_en,name_cy,does_en,does_cy,telephone,email,web_en,web_cy,is_public,checked_on\n"
    "council,responsible_authority,Hereshire Council,Cyngor Sir Yma,Runs services,Yn rhedeg gwasanaethau,01632 960100,"
    "council@example.org,https://example.org/en,https://example.org/cy,yes,2026-10-01\n"
    "police,responsible_authority,Here Police,Heddlu Yma,,,,,,,yes,\n"
    "board,local_policing_body,Policing Board,Bwrdd Plismona,,,,board@example.org,,,yes,2026-10-01\n"
    "hidden,other,Not Yet,Ddim Eto,,,,hidden@example.org,,,no,\n"
)
POSTS = (
    "organisation,post,title_en,title_cy,is_portfolio_holder,post_email,name,starts_on,term_ends_on,email,telephone,"
    "shows_email,shows_telephone,checked_on\n"
    "council,figure,Portfolio holder,Deiliad portffolio,yes,figure@example.org,Ann Example,2024-05-01,,"
    "own@example.org,01632 960009,no,yes,2026-10-01\n"
    "police,inspector,Inspector,Arolygydd,no,inspector@example.org,,,,,,no,no,\n"
)
