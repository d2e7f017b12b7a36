"""What a question means, written a second time from the contract alone, as plainly as it goes.

It shares no code with the loaders and the evaluators under test. From them it takes the values that
a question is made of (`kgservice.algebra`) and the reading of numbers and times, which
`test_readings.py` checks by other means. Everything is a list, a dict or a loop: speed is no aim.

`sayings` is what data sets say, `reading` makes the graph of it, `graph` is that graph; `walks`
takes a set along a pattern, `values` compares literals, `sets` evaluates expressions, `listing`
orders, pages and counts, `explaining` tries all walks.

Where the contract leaves a choice, the one taken here:

- Statements that become equal by a merge keep all observations that each of them had: their sums
  are added, though one behavior may then stand in both.
- A canonical entity has the types and the values of all that are merged into it.
- A condition with a unit sees values of that unit alone, NE too. NE holds beside values that the
  condition's value cannot be read in the kind of: they are not equal to it.
- `top` by literals: where two kinds have equally many entities, numbers come before times before
  texts.
- Inside a closure no statement weighs anything, those of its least repetitions included.
- A behavior is one observation of each category, product type and broader concept that its records
  name, with support 1.
"""
