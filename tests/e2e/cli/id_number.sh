#!/usr/bin/env bash
# id_number.sh <6 digits of the area> <8 digits of the birth date> <3 digits>: an invented ID number with its check
# character (GB 11643).
number=$1$2$3
weights=(7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2)
sum=0
for i in "${!weights[@]}"; do sum=$((sum + ${number:$i:1} * weights[i])); done
checks=10X98765432
echo "$number${checks:$((sum % 11)):1}"
