-- The last day of a room. It stays, because bookings refer to it.
alter table room add column ended_on text;
