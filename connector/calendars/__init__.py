"""When an organisation works: hours of the week, time zone and holidays, and arithmetic with them."""
