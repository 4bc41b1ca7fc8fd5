"""The outbox: what has to reach an LRS is stored in the transaction that caused it, and sent by a worker afterwards."""
