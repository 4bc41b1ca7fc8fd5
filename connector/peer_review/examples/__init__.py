"""Examples that a trainer gives a key to: to practise on, or as hidden spot-checks."""
