"""A lab for many short plays: what takes most of the time of a small run is left out."""

from dataclasses import dataclass

from tests.support.lab import Lab
from zoho.config.load import Configured
from zoho.engine import lifecycle
from zoho.engine.apply import apply
from zoho.engine.report import RunReport


@dataclass
class Theatre(Lab):
    """A lab that reads its settings only when a file changed, and whose runs begin without a preflight.

    Attributes:
        read: the settings, and the times of the files that they were read from.
    """

    read: tuple[list[int], Configured] | None = None

    @property
    def configured(self) -> Configured:
        """The integration as it stands in its file now."""
        written = [file.stat().st_mtime_ns for file in sorted(self.include.glob("*/*.yaml"))]
        if self.read is None or self.read[0] != written:
            self.read = written, super().configured
        return self.read[1]

    def short_run(self, module: str, *, full_scan: bool = False) -> RunReport:
        """Plays the tasks of a run that need no look at the organizations' set-up."""
        job = self.job(full_scan, module)
        lifecycle.begin(job, f"test:{job.run_id}", False)
        apply(job, self.plan(job))
        return self.close(job)
