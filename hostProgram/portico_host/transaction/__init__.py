"""Changes what serves, in one transaction that ends in the wanted state or in the one of before.

Four ways lead back, and each has one name here:

| name | who calls it | when | to what |
|---|---|---|---|
| undo | an activation that fails | within the same call | what served when it began |
| return to the confirmed state (`revert`, `expire`) | an update that failed elsewhere; the end of the lease | while a switch is on trial | the last confirmed state |
| rollback | a person | at any time | a good release, by default the last one before |
| rollback ban | a rollback | until staged again | none: an update from before does not bring its state about |

`heal` activates the present state again; `repair` is what brings single files and folders back to what was deployed.
"""
