-- Every new key wrote to one of 256 far places of this index, at every check-in of somebody unknown.
-- Only an erasure and a rotation look for the keys of a slot, and they may read the table.
drop index subject_key_slot;
