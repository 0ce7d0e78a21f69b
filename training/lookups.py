"""Tools that turn one value into another, for questions such as "mail it to the manager of Acme"."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lookup:
    """A tool with one parameter whose result another tool needs.

    Attributes:
        name: Name of the tool.
        description: What it does.
        parameter: Its one parameter.
        takes: Kind of the parameter's value.
        gives: Field of the result.
        phrase: How a question names the result; `{x}` is the parameter's value.
    """

    name: str
    description: str
    parameter: str
    takes: str
    gives: str
    phrase: str


_TABLE = """
email | find_contact | Look up a person in the address book. | name | person | email | the e-mail address of {x}
email | get_customer | Read a customer's record by customer number. | customer_id | id | email | the email of customer {x}
email | team_lead | Find out who leads a project. | project | code_name | contact | the lead of project {x}
phone | phone_book | Find the phone number of a person. | name | person | phone | the phone number of {x}
phone | company_contact | Contact details of a company. | company | company | phone | the phone number of {x}
person | get_manager | Who manages a company. | company | company | manager | the manager of {x}
person | order_owner | Tells which customer placed an order. | order_id | id | customer | the customer of order {x}
person | team_captain | The captain of a sports team. | team | team | captain | the captain of {x}
first_name | get_nickname | The first name behind a user name. | username | username | first_name | the owner of the account {x}
city | office_city | The city in which a company has its head office. | company | company | city | the city where {x} is based
city | birthplace | Where a person was born. | person | person | city | the birthplace of {x}
city | locate_parcel | Where a parcel is now. | tracking_number | id | location | the place where parcel {x} is
city_country | locate_user | Where a user is. | user | username | location | the place where {x} is
city_country | event_location | Where an event takes place. | event | title | location | the place of the event {x}
country | country_of | The country a city lies in. | city | city | country | the country of {x}
country | domain_country | Where a web domain is registered. | domain | domain | country | the country of {x}
address | find_address | Postal address of a person. | name | person | address | the address of {x}
address | shop_address | Address of a company's shop. | shop | company | address | the address of {x}
zip | postal_code | Postal code of a city. | city | city | zip | the postal code of {x}
id | latest_order | Number of a customer's latest order. | customer | person | order_id | the latest order of {x}
id | find_account | Find an account by e-mail. | email | email | account_id | the account of {x}
id | product_code | Article number of a product. | product | product | code | the article number of {x}
id | booking_reference | Booking reference of a passenger. | passenger | person | reference | the booking of {x}
uuid | device_id | Identifier of a device. | device | code_name | id | the identifier of {x}
url | find_website | Website of a company. | company | company | url | the website of {x}
url | latest_article | Link to the newest article on a topic. | topic | query | link | the newest article on {x}
domain | mail_domain | The domain a company uses. | company | company | domain | the domain of {x}
ip | resolve_host | IP address of a host. | host | domain | ip | the address of the host {x}
filename | find_file | Find a document by its topic. | topic | query | file | the document about {x}
path | find_path | Find where a file lies. | file | filename | path | the location of {x}
username | get_username | User name of a person. | person | person | username | the user name of {x}
airport | nearest_airport | IATA code of the airport of a city. | city | city | code | the airport of {x}
ticker | find_ticker | Stock symbol of a company. | company | company | symbol | the stock of {x}
currency | currency_of | Currency used in a country. | country | country | currency | the currency of {x}
language | spoken_language | Language spoken in a country. | country | country | language | the language of {x}
company | get_employer | The company a person works for. | person | person | company | the employer of {x}
company | ticker_company | The company behind a stock symbol. | symbol | ticker | company | the company behind {x}
product | best_seller | The best-selling product of a company. | company | company | product | the best seller of {x}
food | favourite_food | What a person likes to eat. | person | person | food | the favourite food of {x}
animal | national_animal | National animal of a country. | country | country | animal | the national animal of {x}
team | home_team | Sports team of a city. | city | city | team | the team of {x}
sport | sport_of | The sport that a team plays. | team | team | sport | the sport of {x}
university | alma_mater | Where a person studied. | person | person | university | the university of {x}
date | due_date | Due date of an invoice. | invoice | id | date | the due date of invoice {x}
date | release_date | Release date of a product. | product | product | date | the release date of {x}
date_spoken | get_birthday | Birthday of a person. | name | person | birthday | the birthday of {x}
date_spoken | event_date | Date of an event. | event | title | date | the date of {x}
year | founding_year | Year in which a company was founded. | company | company | year | the founding year of {x}
title | favourite_book | Favourite book of a person. | person | person | title | the favourite book of {x}
title | top_film | The film most watched in a country. | country | country | title | the top film of {x}
query | trending_topic | What people in a city search for. | city | city | topic | the trending topic in {x}
version | latest_version | Newest version of a program. | program | code_name | version | the newest version of {x}
code_name | project_of | The project a person works on. | person | person | project | the project of {x}
word | password_hint | The keyword of a user. | user | username | keyword | the keyword of {x}
color | favourite_color | Favourite colour of a person. | person | person | color | the favourite colour of {x}
int | stock_level | How many pieces of a product are in stock. | product | product | count | the stock level of {x}
int | count_members | Number of members of a group. | group | code_name | members | the number of members of {x}
int | page_count | Number of pages of a book. | title | title | pages | the number of pages of {x}
float | measure_part | Measured length of a part. | part | id | length | the length of part {x}
float | sensor_reading | Latest reading of a sensor. | sensor | id | value | the reading of sensor {x}
money | account_balance | Balance of an account. | account | id | balance | the balance of account {x}
money | product_price | Price of a product. | product | product | price | the price of {x}
percent | interest_rate | Interest rate of a bank. | bank | company | rate | the interest rate of {x}
latitude | city_latitude | Latitude of a city. | city | city | latitude | the latitude of {x}
longitude | city_longitude | Longitude of a city. | city | city | longitude | the longitude of {x}
weekday | market_day | The day of the market in a town. | town | city | weekday | the market day of {x}
time | opening_time | When a shop opens. | shop | company | opens | the opening time of {x}
month | harvest_month | The month in which something is harvested. | crop | food | month | the harvest month of {x}
note | last_message | The last message a person sent. | person | person | text | the last message of {x}
sentence | meeting_summary | One-sentence summary of a meeting. | meeting | title | summary | the summary of {x}
"""


def _read() -> dict[str, list[Lookup]]:
    table: dict[str, list[Lookup]] = {}
    for line in _TABLE.strip().splitlines():
        kind, *rest = (part.strip() for part in line.split("|"))
        table.setdefault(kind, []).append(Lookup(*rest))
    return table


LOOKUPS = _read()
"""The tools by the kind of value they give."""
