"""What `kgservice doctor` looks at: each check finds out one thing and knows its remedy.

A check changes nothing and starts nothing. It takes what it looks at as arguments and returns
findings; `examination` puts them in order. May import: whatever a command may, but no command.
"""
