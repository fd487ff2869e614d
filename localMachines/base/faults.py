"""The one form in which local machines report what is wrong."""


class Fault(Exception):
    """Something the reader can put right; printed without a traceback, exit code 1.

    `evidence` is printed below the message as it is: the end of a log, the
    output of a command.
    """

    def __init__(self, subject: str, got: object, allowed: str, remedy: str, evidence: str = ""):
        super().__init__(f"{subject}: got {got}; allowed: {allowed}; {remedy}")
        self.evidence = evidence
