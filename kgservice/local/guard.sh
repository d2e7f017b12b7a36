# Ends the java of a place when the process that owns it was killed. kgservice.local.java starts it:
#
#     sh guard.sh PLACE SECONDS
#
# SECONDS is how long java gets to end when asked. Standard input is a pipe from the owner: a line on
# it means that the owner has seen to its java, its end without a line that the owner was killed. A
# shell takes 1 MB where Python takes 13, and lives on where somebody kills all that is called python.
trap '' INT TERM HUP
read -r dismissed && exit 0

# Just after its start java may not have written its pid yet.
tries=0
until [ -s "$1/java.pid" ] || [ "$tries" -ge 3 ]; do
    sleep 1
    tries=$((tries + 1))
done
read -r pid <"$1/java.pid" || exit 0

# Java leads a process group of its own.
kill -s TERM -- "-$pid"
tries=0
while kill -s 0 -- "-$pid" && [ "$tries" -lt "$2" ]; do
    sleep 1
    tries=$((tries + 1))
done
kill -s KILL -- "-$pid"
